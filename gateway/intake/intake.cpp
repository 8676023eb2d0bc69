#include "gateway/intake/intake.hpp"

#include <utility>

#include "gateway/intake/answers.hpp"
#include "gateway/intake/in_flight.hpp"
#include "gateway/intake/later_word.hpp"
#include "gateway/intake/new_referral.hpp"
#include "gateway/intake/settlement.hpp"
#include "gateway/intake/task_word.hpp"
#include "gateway/store/audit_chain.hpp"

namespace gateway::intake {

namespace {

/// A message made ready: the unit of work, what it will say, and what it is of.
struct Prepared {
  std::shared_ptr<MessageCase> message;
  std::shared_ptr<Settlement> settled = std::make_shared<Settlement>();
  std::string decision;
  store::Unit unit;
};

constexpr std::size_t kUnitOverhead = 4096;

fhir::Status settle_new(store::Transaction& tx, const MessageCase& message, PlannedReferral& plan,
                        Settlement& settled) {
  fhir::Status written = write_new_referral(tx, plan);
  if (!written.has_value()) {
    if (written.error().code != fhir::ErrorCode::kDuplicate) return written;
    LIGAMENT_TRY(const bool repeated, settle_repetition(tx, message, settled));
    if (repeated) return {};
    return written;
  }
  settled = Settlement();
  settled.status = 200;
  settled.verdict = store::to_text(plan.message.verdict);
  settled.alerts = plan.alerts;
  return {};
}

fhir::Status settle_refused(store::Transaction& tx, const MessageCase& message, Settlement& settled) {
  LIGAMENT_TRY(const bool repeated, settle_repetition(tx, message, settled));
  if (repeated) return {};
  return record_refused(tx, message, *message.reading.refusal, message.reading.refused_status, settled);
}

bool is_answer(bars::Action action) noexcept {
  using enum bars::Action;
  return action == kInterimResponse || action == kFinalResponse || action == kRejectedResponse ||
         action == kReferralResponse || action == kNoShow;
}

void prepare_new(Prepared& prepared, const PlanSurroundings& around) {
  auto plan = std::make_shared<PlannedReferral>(
      plan_new_referral(prepared.message->incoming, prepared.message->reading, around));
  prepared.settled->answer_type = plan->answer_type;
  prepared.unit.bytes = plan->bytes;
  prepared.unit.work = [message = prepared.message, plan,
                        settled = prepared.settled](store::Transaction& tx) -> fhir::Status {
    LIGAMENT_CHECK(settle_new(tx, *message, *plan, *settled));
    if (settled->status == 200) {
      settled->answer = plan->answer;
      settled->answer_type = plan->answer_type;
    }
    return {};
  };
}

using Settle = fhir::Status (*)(store::Transaction&, const MessageCase&, Settlement&);

void prepare_later(Prepared& prepared, Settle settle) {
  prepared.unit.work = [message = prepared.message, settled = prepared.settled,
                        settle](store::Transaction& tx) { return settle(tx, *message, *settled); };
}

}  // namespace

/// Turns a request into a unit of work; the pure part of process_message.
class MessagePreparation {
 public:
  MessagePreparation(const IntakePorts& ports, const IntakeSettings& settings, const ReferralChanges& changes,
                     const services::ServiceCatalogue& catalogue)
      : ports_(ports), settings_(settings), changes_(changes), catalogue_(catalogue) {}

  [[nodiscard]] Prepared prepare(http::Request request, store::Caller caller) const {
    Incoming incoming;
    incoming.seq = ports_.sequence.next();
    incoming.received = ports_.clock.now();
    incoming.ids = conversation_ids(request);
    incoming.media_type = request.headers.find("Content-Type").value_or("");
    incoming.digest = store::sha256(request.body);
    incoming.caller = std::move(caller);
    Reading reading = read_message(request, incoming.caller,
                                   {*settings_.config, catalogue_, settings_.mode, incoming.received});
    incoming.body = std::make_shared<const std::string>(std::move(request.body));
    const PlanSurroundings around{*settings_.config, ports_.keyed_hash, changes_.deadlines(),
                                  settings_.software_version};
    Prepared prepared;
    prepared.message = std::make_shared<MessageCase>(
        MessageCase{std::move(incoming), std::move(reading), {}, &changes_, around});
    MessageCase& message = *prepared.message;
    prepared.unit.caller = message.incoming.caller;
    prepared.unit.bytes = message.incoming.body->size() + kUnitOverhead;
    if (message.reading.decision) prepared.decision = services::to_code(message.reading.decision->outcome);
    message.escalation = plan_escalation(message.incoming, message.reading, around);
    choose(prepared, around);
    return prepared;
  }

 private:
  static void choose(Prepared& prepared, const PlanSurroundings& around) {
    const Reading& reading = prepared.message->reading;
    if (reading.refusal) return prepare_later(prepared, settle_refused);
    if (opens_referral(reading)) return prepare_new(prepared, around);
    prepare_later(prepared, is_answer(*reading.action) ? settle_answer : settle_author_word);
  }

  const IntakePorts& ports_;
  const IntakeSettings& settings_;
  const ReferralChanges& changes_;
  const services::ServiceCatalogue& catalogue_;
};

Intake::Intake(IntakePorts ports, IntakeSettings settings, services::CataloguePtr catalogue)
    : ports_(std::move(ports)),
      settings_(std::move(settings)),
      catalogue_(std::move(catalogue)),
      changes_(settings_.config, ports_.keyed_hash, settings_.software_version),
      in_flight_(std::make_shared<InFlight>(settings_.max_in_flight)) {}

Intake::~Intake() = default;

void Intake::set_catalogue(services::CataloguePtr catalogue) {
  catalogue_ = std::move(catalogue);
}

std::size_t Intake::in_flight() const noexcept {
  return in_flight_->size();
}

namespace {

MessageSummary summary_of(const Prepared& prepared, const http::Response& response,
                          std::chrono::nanoseconds took) {
  const MessageCase& message = *prepared.message;
  MessageSummary summary;
  summary.message = message.incoming.seq;
  summary.partner = message.incoming.caller.partner;
  if (message.reading.action) summary.action = bars::to_text(*message.reading.action);
  summary.verdict = prepared.settled->verdict.empty() ? "failed" : prepared.settled->verdict;
  summary.decision = prepared.decision;
  if (prepared.settled->refusal) summary.error_code = bars::traits(prepared.settled->refusal->rec).code;
  summary.http_status = response.status;
  summary.bytes = message.incoming.body->size();
  summary.red_flags = message.reading.gate.flags.size();
  summary.took = took;
  return summary;
}

http::Response answer_of(const fhir::Result<commit::Committed>& committed, const AnswerForm& form,
                         Settlement& settled) {
  if (!committed.has_value()) {
    settled = Settlement();  // whatever the unit left, it did not happen
    return fail(form, committed.error());
  }
  if (settled.refusal) return refuse(form, *settled.refusal, settled.status);
  return acknowledge(*committed, form, settled.answer_type, std::move(settled.answer));
}

store::Unit task_unit(std::shared_ptr<const TaskCase> task, std::shared_ptr<TaskSettlement> settled) {
  store::Unit unit;
  unit.caller = task->incoming.caller;
  unit.bytes = task->incoming.body->size() * 4 + kUnitOverhead;
  unit.work = [task = std::move(task), settled = std::move(settled)](store::Transaction& tx) {
    return settle_task(tx, *task, *settled);
  };
  return unit;
}

store::Unit event_unit(store::Caller caller, store::ReferralSeq referral, Change change,
                       const ReferralChanges& changes, std::shared_ptr<Changed> changed) {
  store::Unit unit;
  unit.caller = std::move(caller);
  unit.bytes = kUnitOverhead;
  unit.work = [referral, change = std::move(change), changes = &changes,
               changed = std::move(changed)](store::Transaction& tx) -> fhir::Status {
    LIGAMENT_TRY(*changed, changes->apply(tx, referral, change));
    return {};
  };
  return unit;
}

http::Response refuse_entry(const AnswerForm& form, InFlight::Entry entry) {
  if (entry == InFlight::Entry::kFull)
    return fail(form, fhir::Error{fhir::ErrorCode::kBusy, "too many messages at a time"});
  return refuse(form, bars::refusal(bars::Rec::kTooEarly, fhir::IssueType::kDuplicate, "",
                                    "the first attempt with these ids is still being processed"));
}

}  // namespace

async::awaitable<http::Response> Intake::process_message(http::Request request, store::Caller caller) {
  const fhir::Monotonic started = ports_.clock.monotonic();
  const AnswerForm form = answer_form(request);
  const InFlight::Stay stay = in_flight_->enter(caller.partner, conversation_ids(request));
  if (stay.entry() != InFlight::Entry::kEntered) {
    http::Response refused = refuse_entry(form, stay.entry());
    co_return refused;
  }
  const services::CataloguePtr catalogue = catalogue_;
  const MessagePreparation preparation(ports_, settings_, changes_, *catalogue);
  Prepared prepared = preparation.prepare(std::move(request), std::move(caller));
  async::awaitable<fhir::Result<commit::Committed>> commit =
      ports_.committer.commit(std::move(prepared.unit));
  const fhir::Result<commit::Committed> committed = co_await std::move(commit);
  http::Response response = answer_of(committed, form, *prepared.settled);
  for (const Alert& alert : prepared.settled->alerts)
    ports_.sink.alert(alert);
  ports_.sink.message(summary_of(prepared, response, ports_.clock.monotonic() - started));
  co_return response;
}

async::awaitable<tl::expected<UpdatedTask, TaskRefusal>> Intake::apply_task_update(store::Caller caller,
                                                                                   TaskUpdate update) {
  auto task = std::make_shared<TaskCase>();
  task->incoming.caller = std::move(caller);
  task->incoming.seq = ports_.sequence.next();
  task->incoming.received = ports_.clock.now();
  task->incoming.door = "rest";
  task->incoming.media_type = update.media_type;
  task->incoming.digest = store::sha256(update.body);
  task->incoming.body = std::make_shared<const std::string>(std::move(update.body));
  task->update = std::move(update);
  task->changes = &changes_;
  auto settled = std::make_shared<TaskSettlement>();
  store::Unit unit = task_unit(task, settled);
  async::awaitable<fhir::Result<commit::Committed>> commit = ports_.committer.commit(std::move(unit));
  const fhir::Result<commit::Committed> committed = co_await std::move(commit);
  if (!committed.has_value()) {
    const bars::Refusal refusal = bars::refusal(committed.error());
    co_return tl::unexpected<TaskRefusal>(TaskRefusal(refusal.http_status(), refusal));
  }
  for (const Alert& alert : settled->alerts)
    ports_.sink.alert(alert);
  if (settled->refused) co_return tl::unexpected<TaskRefusal>(std::move(*settled->refused));
  co_return std::move(*settled->updated);
}

async::awaitable<fhir::Result<Changed>> Intake::apply_event(store::Caller caller, store::ReferralSeq referral,
                                                            referral::Event event) {
  Change change;
  change.event = std::move(event);
  change.caller = transition_caller(caller);
  change.scope = ports_.sequence.next();
  change.at = ports_.clock.now();
  auto changed = std::make_shared<Changed>();
  store::Unit unit = event_unit(std::move(caller), referral, std::move(change), changes_, changed);
  async::awaitable<fhir::Result<commit::Committed>> commit = ports_.committer.commit(std::move(unit));
  const fhir::Result<commit::Committed> committed = co_await std::move(commit);
  if (!committed.has_value()) co_return fhir::fail(committed.error());
  for (const Alert& alert : changed->alerts)
    ports_.sink.alert(alert);
  if (changed->refused) {
    const referral::RuleTraits& rule = referral::traits(changed->refused->rule);
    co_return fhir::fail(fhir::ErrorCode::kConflict, std::string(rule.name));
  }
  co_return std::move(*changed);
}

}  // namespace gateway::intake
