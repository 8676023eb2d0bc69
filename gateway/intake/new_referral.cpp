#include "gateway/intake/new_referral.hpp"

#include <algorithm>
#include <utility>

#include "fhir/definitions/definitions.hpp"
#include "fhir/json/writer.hpp"
#include "fhir/xml/writer.hpp"
#include "gateway/http/media_type.hpp"
#include "gateway/intake/localised.hpp"
#include "gateway/intake/notices.hpp"
#include "gateway/intake/provenance.hpp"
#include "gateway/intake/resource_ids.hpp"
#include "gateway/intake/visibility.hpp"
#include "gateway/referral/task_tree.hpp"
#include "gateway/referral/transition.hpp"
#include "gateway/services/local_date.hpp"

namespace gateway::intake {

namespace {

using fhir::tree::Node;
using routing::Decision;
using routing::Outcome;

/// Where the referral goes, as far as it goes anywhere by itself.
struct Way {
  const config::Partner* partner = nullptr;  ///< Receives the request now; null for all but a route.
  bool red_flag = false;
  bool turned_away = false;  ///< Back to the GP by rule.
  bool held = false;
  std::string reason;
};

Way way_of(const Decision& decision, const gate::GateResult& gate, const config::Config& config) {
  Way way;
  way.reason = decision.reason;
  way.red_flag = gate.raised() || decision.outcome == Outcome::kUrgent;
  if (way.red_flag) return way;
  way.turned_away = decision.outcome == Outcome::kRedirect || decision.outcome == Outcome::kRefuse;
  way.held = decision.outcome == Outcome::kHold;
  if (decision.outcome != Outcome::kRoute) return way;
  way.partner = config.partner(decision.destination);
  if (way.partner == nullptr) way.partner = care_destination(config, decision.destination_ods);
  if (!takes_referrals(way.partner)) {
    way.partner = nullptr;
    way.held = true;
    way.reason = "destination-unreachable";
  }
  return way;
}

OwnLimit own_limit(const routing::Limit& limit) {
  return {limit.routine, limit.urgent};
}

/// The plan while it is made. Members are in the order they become known.
class Planner {
 public:
  Planner(const Incoming& incoming, const Reading& reading, const PlanSurroundings& around)
      : incoming_(incoming),
        reading_(reading),
        around_(around),
        decision_(*reading.decision),
        base_(resource_base(around.config)),
        ids_(around.hash, incoming.seq),
        way_(way_of(decision_, reading.gate, around.config)),
        dispatch_(around.config, around.software_version, ids_, incoming.received, around.forms, &stored_),
        notices_(around.config, dispatch_, ids_, base_, incoming.received) {}

  PlannedReferral run() {
    local_ = localise(reading_.message, ids_, {incoming_.caller.partner, base_, incoming_.received, {}});
    task_id_ = ids_.next();
    begin();
    make_task();
    plan_.message =
        log_entry(incoming_, reading_, way_.held ? store::Verdict::kQuarantined : store::Verdict::kAccepted);
    for (const LocalResource& resource : local_.resources)
      keep(resource.resource, resource.stable ? store::WriteRule::kAny : store::WriteRule::kCreate);
    keep(task_->root(), store::WriteRule::kCreate);
    plan_.row = make_row();
    events();
    tell();
    if (way_.partner != nullptr) send();
    keep_provenance();
    plan_.audit = {incoming_.received,  store::AuditAction::kCreate,
                   "referral-received", reference("Task", task_id_),
                   std::nullopt,        incoming_.seq};
    make_answer();
    show();
    measure();
    return std::move(plan_);
  }

 private:
  /// The organisation that decides: the destination's, else the service's own, else that of the urgent route
  /// when it is a partner, else the only hub there is. Nobody when that cannot be told: then whoever lets the
  /// referral go on says where.
  [[nodiscard]] referral::Organisation hub() const {
    if (way_.partner != nullptr) return {way_.partner->ods, way_.partner->organisation};
    if (!decision_.hub_ods.empty()) {
      const config::Partner* partner = care_destination(around_.config, decision_.hub_ods);
      return {decision_.hub_ods, partner == nullptr ? std::string() : partner->organisation};
    }
    const config::Partner* urgent = way_.red_flag ? around_.config.partner(decision_.destination) : nullptr;
    if (takes_referrals(urgent)) return {urgent->ods, urgent->organisation};
    const auto is_hub = [](const config::Partner& partner) {
      return partner.role == config::PartnerRole::kHub;
    };
    const auto& partners = around_.config.partners;
    if (!decision_.service.empty() || std::ranges::count_if(partners, is_hub) != 1) return {};
    const auto only = std::ranges::find_if(partners, is_hub);
    return {only->ods, only->organisation};
  }

  void begin() {
    const bars::BarsMessage& message = reading_.message;
    referral::NewReferral fresh;
    fresh.referrer = {incoming_.caller.ods, organisation_name(message, incoming_.caller.ods)};
    fresh.hub = hub();
    fresh.priority = referral::parse_priority(message.service_request.child("priority").text())
                         .value_or(referral::Priority::kRoutine);
    fresh.verdict = way_.red_flag ? referral::IntakeVerdict::kRedFlag
                    : way_.held   ? referral::IntakeVerdict::kHeld
                                  : referral::IntakeVerdict::kClean;
    fresh.authored = author_time(message);
    fresh.advice = decision_.purpose != routing::Purpose::kReferral;
    fresh.convertible = decision_.purpose == routing::Purpose::kConvertibleAdvice;
    memory_.week = services::to_text(decision_.week);
    memory_.triage = own_limit(decision_.triage);
    memory_.offer = own_limit(decision_.offer);
    memory_.chosen_ods = decision_.chosen_provider_ods;
    for (const std::string& ods : decision_.beside_choice)
      memory_.beside_choice.append(memory_.beside_choice.empty() ? "" : " ").append(ods);
    // A practice that refers is told itself, whichever practice it names.
    const bool by_practice = incoming_.caller.role == config::to_code(config::PartnerRole::kGp) &&
                             decision_.referrer != services::ReferrerKind::kSelf;
    if (!by_practice) memory_.practice_ods = decision_.practice_ods;
    referral::Accepted begun =
        referral::begin(fresh, own_deadlines(memory_, around_.deadlines), incoming_.received);
    effects_ = std::move(begun.effects);
    memory_.state = std::move(begun.state);
    if (way_.turned_away) turn_away();
    memory_.request_bundle = message.bundle_id;
    memory_.source_endpoint = bars::to_text(message.source);
    memory_.version = message.version;
    memory_.author_version = message.service_request.at("meta", "versionId").text();
    memory_.contact = decision_.contact;
    memory_.author_message = incoming_.seq;
    memory_.request_sent = way_.partner != nullptr;
    if (const LocalResource* patient = local_.find(message.patient)) memory_.patient_id = patient->id;
  }

  /// By rule, before anybody was asked: one step further, and still the first version of the Task.
  void turn_away() {
    referral::Event event;
    event.kind = referral::EventKind::kRedirect;
    event.reason = reason();
    referral::Outcome outcome =
        referral::transition(memory_.state, event, referral::TransitionCaller{},
                             own_deadlines(memory_, around_.deadlines), incoming_.received);
    auto* accepted = std::get_if<referral::Accepted>(&outcome);
    if (accepted == nullptr) return;
    memory_.state = std::move(accepted->state);
    memory_.state.version = 1;
    effects_ = std::move(accepted->effects);
  }

  [[nodiscard]] referral::Reason reason() const {
    if (!way_.turned_away && !way_.held && !way_.red_flag) return {};
    return {std::string(referral::kReasonSystem), way_.reason, "", decision_.text};
  }

  void make_task() {
    referral::TaskFacts facts;
    facts.id = task_id_;
    facts.identifiers = identifiers_of(reading_.message.service_request);
    facts.identifiers.insert(facts.identifiers.begin(),
                             {std::string(referral::kReferralIdSystem), task_id_, ""});
    facts.focus = reference("ServiceRequest", request().child("id").text());
    if (!memory_.patient_id.empty()) facts.patient = reference("Patient", memory_.patient_id);
    facts.group = incoming_.ids.correlation_id;
    facts.authored = incoming_.received;
    facts.status_reason = reason();
    facts.description = decision_.text;
    task_ = referral::build_task(fhir::definitions::r4(), facts, memory_.state, incoming_.received);
  }

  [[nodiscard]] Node request() const { return local_.message.service_request; }

  /// The tree of `resource` lives as long as this: the answer asks later which of its parts are stored.
  void keep(Node resource, store::WriteRule rule) {
    plan_.resources.push_back(write_of(resource, rule, incoming_.seq, incoming_.received));
    stored_.push_back(resource);
    if (rule == store::WriteRule::kCreate) created_.push_back(resource);
  }

  [[nodiscard]] store::ReferralRow make_row() {
    store::ReferralRow row;
    row.service_request_id = request().child("id").text();
    row.task_id = task_id_;
    row.correlation_id = incoming_.ids.correlation_id;
    row.service = decision_.service;
    row.destination = way_.partner != nullptr ? way_.partner->name : decision_.destination;
    if (reading_.patient.matchable())
      row.patient_key = patient_key(around_.hash, reading_.patient.nhs_number);
    row.received_at = incoming_.received;
    const fhir::Result<services::Date> date = services::london_date(incoming_.received);
    if (date.has_value()) row.received_on = config::to_text(*date);
    row.sender_partner = incoming_.caller.partner;
    fill_row(row, memory_);
    plan_.identifiers = request_names(reading_.message.service_request, incoming_.caller.partner);
    plan_.identifiers.insert(plan_.identifiers.begin(), {std::string(referral::kReferralIdSystem), task_id_});
    return row;
  }

  void event(std::string kind, std::string detail, std::vector<std::string> references = {}) {
    plan_.events.push_back({incoming_.received, std::move(kind), incoming_.caller.partner, std::move(detail),
                            incoming_.seq, std::move(references)});
    if (plan_.events.size() > 1) plan_.events.back().actor = "ligament";
  }

  void events() {
    event("received", std::string(bars::to_text(*reading_.action)),
          {reference("Task", task_id_), reference("ServiceRequest", plan_.row.service_request_id)});
    event("validated", "r4");
    for (const gate::RaisedFlag& flag : reading_.gate.flags) {
      event("red-flag",
            flag.condition + ' ' + std::string(gate::to_code(flag.level)) + ' ' + flag.requirement);
    }
    std::string why = std::string(services::to_code(decision_.outcome)) + ' ' + way_.reason;
    for (const routing::RuleId& rule : decision_.rules)
      why.append(" ").append(rule.id).append("@").append(rule.version);
    event("routed", std::move(why));
    for (const routing::RefusedDestination& refused : decision_.refused)
      event("destination-refused", refused.destination + ' ' + refused.reason);
  }

  [[nodiscard]] About about() const {
    Subject subject{task_id_, incoming_.ids.correlation_id, memory_.state.priority, memory_.state.red_flag};
    return {memory_,       std::move(subject), incoming_.caller.partner,
            task_->root(), request(),          local_.message.patient,
            incoming_.seq};
  }

  /// Communication, work items and alerts that the first state asks for.
  void tell() {
    const About about = this->about();
    Words words;
    words.reason = reason();
    words.contact = decision_.contact;
    words.advice = understood();
    words.sender_ods = around_.config.installation.ods;
    if (const auto* gp = referral::find_effect<referral::TellGp>(effects_)) {
      communication_ = notices_.compose(about, gp->kind, words);
      keep(communication_->root(), store::WriteRule::kCreate);
      take(notices_.tell_gp(about, gp->kind, words, communication_));
    }
    for (const referral::Effect& effect : effects_) {
      if (const auto* open = std::get_if<referral::OpenWorkItem>(&effect)) open_work(*open, about);
    }
    if (way_.red_flag) tell_urgent_destination(about);
  }

  /// What was understood, for people: the decision, and each red flag by its name.
  [[nodiscard]] std::string understood() const {
    std::string text = decision_.text;
    for (const gate::RaisedFlag& flag : reading_.gate.flags)
      text.append(text.empty() ? "" : " ").append("Red flag: ").append(flag.condition).append(".");
    return text;
  }

  void open_work(const referral::OpenWorkItem& open, const About& about) {
    if (open.kind == referral::WorkKind::kRedFlag) {
      const std::string condition =
          reading_.gate.flags.empty() ? way_.reason : reading_.gate.flags.front().condition;
      take(notices_.escalate(about, 0, communication_ ? communication_->root() : Node(), condition));
      return;
    }
    store::NewWork work;
    work.kind = referral::to_code(open.kind);
    work.message = incoming_.seq;
    work.owner_role = referral::to_text(open.for_role);
    work.reason = way_.reason;
    work.created_at = incoming_.received;
    add_work(std::move(work));
  }

  void tell_urgent_destination(const About& about) {
    const config::Partner* partner = around_.config.partner(decision_.destination);
    if (!takes_escalations(partner) || !communication_) return;
    const bool told = std::ranges::any_of(plan_.deliveries, [&](const store::NewDelivery& delivery) {
      return delivery.destination == partner->name && delivery.kind == kEscalationKind;
    });
    if (!told) plan_.deliveries.push_back(notices_.escalate_to(*partner, about, communication_->root()));
  }

  void add_work(store::NewWork work) {
    plan_.alerts.push_back({work.kind, reference("Task", task_id_), work.owner_role, work.reason});
    plan_.work.push_back(std::move(work));
  }

  void take(Notice notice) {
    for (store::NewDelivery& delivery : notice.deliveries) {
      event("queued", delivery.kind + ' ' + delivery.destination);
      plan_.deliveries.push_back(std::move(delivery));
    }
    for (store::NewWork& work : notice.work)
      add_work(std::move(work));
  }

  void send() {
    // run() keeps what came with the message first.
    event("content", content_digest(std::span(plan_.resources).first(local_.resources.size())));
    const bars::Part ours{notices_.full_url(task_->root()), task_->root()};
    const Subject subject = about().subject;
    plan_.deliveries.push_back(dispatch_.request(*way_.partner, subject, local_.message,
                                                 bars::RequestReason::kNew, std::span(&ours, 1)));
    event("queued", std::string(kReferralKind) + ' ' + way_.partner->name);
  }

  void keep_provenance() {
    ProvenanceFacts facts;
    facts.id = ids_.next();
    for (const store::ResourceWrite& write : plan_.resources) {
      if (write.type == "ServiceRequest" || write.type == "Patient" || write.type == "Task" ||
          write.type == "Communication")
        facts.targets.push_back(reference(write.type, write.id));
    }
    facts.recorded = incoming_.received;
    facts.message = incoming_.digest;
    facts.catalogue = decision_.catalogue;
    for (const routing::RuleId& rule : decision_.rules)
      facts.rules.push_back(rule.id + '|' + rule.version);
    facts.sender_ods = incoming_.caller.ods;
    facts.our_ods = around_.config.installation.ods;
    facts.our_name = around_.config.installation.name;
    provenance_ = build_provenance(facts);
    keep(provenance_->root(), store::WriteRule::kCreate);
  }

  void make_answer() {
    if (!incoming_.answer) return;
    bars::Envelope envelope;
    envelope.bundle_id = ids_.next();
    envelope.header_id = ids_.next();
    envelope.timestamp = incoming_.received;
    if (!memory_.version.empty()) envelope.version = memory_.version;
    envelope.source = {around_.config.installation.service_id.system,
                       around_.config.installation.service_id.value};
    envelope.destination = reading_.message.source;
    envelope.sender_ods = around_.config.installation.ods;
    envelope.sender_name = around_.config.installation.name;
    envelope.receiver_ods = incoming_.caller.ods;
    envelope.receiver_name = memory_.state.referrer.name;
    envelope.software_version = around_.software_version;
    envelope.test = is_test(around_.config);
    std::vector<bars::Part> parts;
    for (const Node resource : {request(), local_.message.patient, task_->root()}) {
      if (resource) parts.push_back({notices_.full_url(resource), resource});
    }
    const bars::Outgoing message = bars::acknowledgement_message(local_.message, parts, envelope);
    // Of what may have been here before, the version that stays is not known yet: it is answered as sent.
    MessageText text = message_text(*incoming_.answer, message, created_);
    plan_.answer = whole_text(text, plan_.resources);
    plan_.reply = {200, std::move(text.text), std::move(text.inserts)};
    plan_.answer_type = media_type(*incoming_.answer);
  }

  void show() {
    const std::vector<std::string> partners = visible_to(plan_.row, memory_, around_.config);
    for (store::ResourceWrite& write : plan_.resources) {
      write.audience = partners;
      // Another referral that names it may be open elsewhere.
      if (write.rule == store::WriteRule::kAny) write.sight = store::Sight::kWiden;
    }
  }

  void measure() {
    plan_.bytes = plan_.message.bytes.size() + plan_.reply.body.size();
    for (const store::ResourceWrite& write : plan_.resources)
      plan_.bytes += write.json.size() + 200;
    for (const store::NewDelivery& delivery : plan_.deliveries)
      plan_.bytes += delivery.body.size() + 200;
  }

  const Incoming& incoming_;
  const Reading& reading_;
  const PlanSurroundings& around_;
  const Decision& decision_;
  std::string base_;
  ResourceIds ids_;
  Way way_;
  Dispatch dispatch_;
  Notices notices_;
  LocalMessage local_;
  std::string task_id_;
  ReferralMemory memory_;
  std::vector<referral::Effect> effects_;
  fhir::tree::TreePtr task_;
  fhir::tree::TreePtr communication_;
  fhir::tree::TreePtr provenance_;
  StoredNodes stored_;
  StoredNodes created_;  // of these, what was not here before
  PlannedReferral plan_;
};

}  // namespace

PlannedReferral plan_new_referral(const Incoming& incoming, const Reading& reading,
                                  const PlanSurroundings& around) {
  return Planner(incoming, reading, around).run();
}

}  // namespace gateway::intake
