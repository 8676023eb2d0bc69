#include "tests/simulation/desk.hpp"

#include <algorithm>

#include "fhir/base/uuid.hpp"
#include "fhir/definitions/definitions.hpp"
#include "fhir/json/reader.hpp"
#include "fhir/xml/reader.hpp"
#include "gateway/http/client.hpp"

namespace tests::simulation {

namespace http = gateway::http;
using fhir::tree::Node;
using gateway::async::awaitable;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

fhir::tree::TreePtr read_body(const http::Request& request) {
  const bool xml = request.headers.find("Content-Type").value_or("").find("xml") != std::string_view::npos;
  return xml ? fhir::xml::read(request.body, fhir::definitions::r4()).tree
             : fhir::json::read(request.body, fhir::definitions::r4()).tree;
}

void read_content(Receipt& receipt, Node bundle) {
  receipt.business_id = bundle.child("id").text();
  for (const Node entry : bundle.children("entry")) {
    const Node resource = entry.child("resource");
    if (resource.type() == "MessageHeader") {
      receipt.event = resource.at("event", "code").text();
      receipt.reason = resource.at("reason", "coding", "code").text();
    } else if (resource.type() == "Task" && receipt.task_id.empty()) {
      receipt.task_id = resource.child("id").text();
      receipt.task_status = resource.child("status").text();
    } else if (resource.type() == "Communication") {
      receipt.communications.emplace_back(resource.at("category", "coding", "code").text());
    }
  }
}

void mirror_ids(const http::Request& request, http::Response& response) {
  for (const char* const name : {"X-Request-Id", "X-Correlation-Id"}) {
    if (const auto id = request.headers.find(name)) response.headers.add(name, *id);
  }
}

http::Response json(int status, std::string body) {
  return http::make_response(status, "application/fhir+json", std::move(body));
}

}  // namespace

awaitable<http::Response> PartnerDoor::handle(http::Request request) {
  Desk::Answer answer = desk_.receive(partner_, request);
  if (answer.after.count() != 0) {
    const fhir::Status slept = co_await desk_.life().timers().sleep_for(answer.after);
    static_cast<void>(slept);
  }
  co_return std::move(answer.response);
}

Desk::Desk(Records& records, Trace& trace, const fhir::ManualClock& clock, std::uint64_t seed,
           Manners manners)
    : records_(records), trace_(trace), clock_(clock), random_(seed), manners_(manners) {
  for (const char* const partner : {kFirstGp, kSecondGp, kHub, kDutyClinician, kClinicalLead})
    doors_.push_back(std::make_unique<PartnerDoor>(partner, *this));
}

void Desk::live_in(Life& life) {
  life_ = &life;
  for (std::size_t i = 0; i < doors_.size(); ++i)
    life.serve(kPartnerDoors[i], *doors_[i]);
  for (const Sent& sent : records_.sent) {
    if (!sent.done) life.spawn(send(sent.number));
  }
  for (const auto& [number, decision] : records_.decisions) {
    if (!decision.done) life.spawn(speak(number));
  }
}

bool Desk::settled() const {
  return std::ranges::all_of(records_.sent, &Sent::done) &&
         std::ranges::all_of(records_.decisions, [](const auto& entry) { return entry.second.done; });
}

Desk::Manner Desk::draw_manner() {
  if (manners_.calm) return Manner::kPrompt;
  switch (random_.below(12)) {
    case 0: return Manner::kLate;
    case 1: return Manner::kSilent;
    case 2: return Manner::kWrongIdentifier;
    case 3: return Manner::kFails;
    case 4: return Manner::kFailsAfter;
    default: return Manner::kPrompt;
  }
}

Receipt& Desk::record(const std::string& partner, const http::Request& request, bool& other_body) {
  const std::string id(request.headers.find("X-Request-Id").value_or(""));
  Receipt& receipt = records_.receipts[{partner, id}];
  if (receipt.arrivals++ == 0) {
    receipt.partner = partner;
    receipt.request_id = id;
    receipt.body = request.body;
    receipt.first_at = clock_.now();
    receipt.order = ++records_.arrivals;
    if (const fhir::tree::TreePtr tree = read_body(request)) read_content(receipt, tree->root());
  }
  other_body = receipt.body != request.body;
  return receipt;
}

Desk::Answer Desk::receive(const std::string& partner, const http::Request& request) {
  bool other_body = false;
  Receipt& receipt = record(partner, request, other_body);
  trace_.note(partner + " receives " + receipt.event + " " + receipt.business_id + " time " +
              std::to_string(receipt.arrivals));
  if (other_body)
    records_.faults.push_back(partner + " saw two bodies under request id " + receipt.request_id);
  if (receipt.business_id.empty()) records_.faults.push_back(partner + " cannot read what it was sent");
  const Manner manner = draw_manner();
  Answer answer;
  if (manner == Manner::kFails) {
    answer.response = json(random_.below(2) == 0 ? 503 : 500, "");
    mirror_ids(request, answer.response);
    return answer;
  }
  const bool repeated = receipt.effect;
  const bool deaf = manners_.sabotage == Sabotage::kDeafHub && partner == kHub && random_.below(3) == 0;
  if (!deaf) receipt.effect = true;
  if (!repeated && receipt.effect) react(receipt);
  switch (manner) {
    case Manner::kFailsAfter: answer.response = json(502, ""); break;
    case Manner::kSilent: answer.response = http::make_response(200); break;
    case Manner::kWrongIdentifier: answer.response = json(200, business_answer(receipt.request_id)); break;
    default:
      answer.response = repeated && random_.below(2) == 0 ? json(409, duplicate_outcome())
                                                          : json(200, business_answer(receipt.business_id));
  }
  if (manner == Manner::kLate) answer.after = seconds(1) + milliseconds(random_.below(4000));
  mirror_ids(request, answer.response);
  return answer;
}

/// Who is told something sooner or later says something.
void Desk::react(const Receipt& receipt) {
  if (receipt.task_id.empty()) return;
  if (receipt.partner == kHub) decide(receipt);
  const bool asked =
      std::ranges::find(receipt.communications, "information-asked") != receipt.communications.end();
  if (asked && random_.below(4) != 0) plan(receipt.partner, Word::kGive, receipt, 10'000);
  const bool rota = receipt.partner == kDutyClinician || receipt.partner == kClinicalLead;
  if (rota && random_.below(2) == 0) plan(receipt.partner, Word::kConfirm, receipt, 30'000);
}

/// The hub has a new referral before it.
void Desk::decide(const Receipt& receipt) {
  if (receipt.event != "servicerequest-request" || receipt.reason != "new") return;
  const bool twice = std::ranges::any_of(records_.decided, [&](const auto& entry) {
    return entry.first.first == receipt.task_id && records_.decisions.at(entry.second).partner == kHub;
  });
  if (twice) {
    records_.faults.push_back("the hub was sent a new referral twice: " + receipt.task_id);
    return;
  }
  constexpr Word kWords[] = {Word::kAcknowledge, Word::kAccept, Word::kAccept,
                             Word::kReject,      Word::kReject, Word::kAsk};
  plan(kHub, kWords[random_.below(std::size(kWords))], receipt, 20'000);
}

void Desk::plan(const std::string& partner, Word word, const Receipt& receipt, std::uint64_t spread_ms) {
  const int number = static_cast<int>(records_.decisions.size());
  if (!records_.decided.try_emplace({receipt.task_id, word}, number).second) return;
  Decision decision;
  decision.number = number;
  decision.partner = partner;
  decision.word = word;
  decision.by_message = word == Word::kAcknowledge || (partner == kHub && random_.below(2) == 0);
  decision.task_id = receipt.task_id;
  decision.answers = receipt.request_id;
  decision.request_id = fhir::random_uuid(random_);
  decision.correlation_id = fhir::random_uuid(random_);
  decision.due = clock_.monotonic() + milliseconds(random_.below(spread_ms));
  records_.decisions.emplace(number, std::move(decision));
  life_->spawn(speak(number));
}

}  // namespace tests::simulation
