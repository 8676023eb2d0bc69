// What practices and the hub send to the gateway, and how they insist until they are answered.
#include <algorithm>

#include "fhir/base/uuid.hpp"
#include "fhir/definitions/definitions.hpp"
#include "fhir/json/reader.hpp"
#include "fhir/xml/reader.hpp"
#include "gateway/bars/message_headers.hpp"
#include "gateway/http/client.hpp"
#include "tests/simulation/desk.hpp"
#include "tests/simulation/v2_draft.hpp"

namespace tests::simulation {

namespace http = gateway::http;
using gateway::async::awaitable;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

const http::Endpoint& gateway_endpoint() {
  static const http::Endpoint endpoint = *http::parse_endpoint("http://gateway:8080");
  return endpoint;
}

std::string ods_of(const std::string& partner) {
  if (partner == kFirstGp) return "99S01";
  if (partner == kSecondGp) return "99S02";
  if (partner == kClinicalLead) return "99S11";
  return "99S10";
}

/// What BaRS has a sender try again, with the same ids.
bool is_worth_repeating(int status) {
  return status == 408 || status == 425 || status == 429 || status >= 500;
}

bool says_duplicate(const http::Response& response) {
  return response.status == 409 && response.body.find("\"duplicate\"") != std::string::npos;
}

/// Version of an ETag `W/"n"`.
std::string if_match(const http::Response& response) {
  return std::string(response.headers.find("ETag").value_or(""));
}

fhir::tree::TreePtr read_json(const std::string& text) {
  return fhir::json::read(text, fhir::definitions::r4()).tree;
}

/// Whether the word took effect on the Task.
bool says(fhir::tree::Node task, Word word) {
  const std::string_view code = task.at("businessStatus", "coding", "code").text();
  switch (word) {
    case Word::kAccept: return code == "accepted";
    case Word::kReject: return code == "rejected";
    case Word::kAsk: return code == "awaiting-information";
    case Word::kGive: return static_cast<bool>(task.child("input"));
    case Word::kConfirm: return code == "awaiting-hub";
    case Word::kAcknowledge: return true;
  }
  return false;
}

}  // namespace

http::Request Desk::request_of(http::Method method, const std::string& partner, const std::string& request_id,
                               const std::string& correlation_id, std::string body) const {
  http::Request request;
  request.method = method;
  request.headers.add("Content-Type", "application/fhir+json");
  gateway::bars::MessageHeaders headers;
  headers.request_id = request_id;
  headers.correlation_id = correlation_id;
  headers.target = {"https://fhir.nhs.uk/Id/dos-service-id", "2000099000"};
  headers.organisation = {{"https://fhir.nhs.uk/Id/ods-organization-code", ods_of(partner)}, "Simulated"};
  headers.software = {"simulated", "Simulated system", "1"};
  headers.version = "1.4.0";
  for (const auto& [name, value] : gateway::bars::build_headers(headers))
    request.headers.set(name, value);
  request.headers.set("Authorization", "Bearer trial-" + partner);
  request.body = std::move(body);
  return request;
}

awaitable<fhir::Result<http::Response>> Desk::exchange(http::Request request) {
  http::Endpoint endpoint = gateway_endpoint();
  const auto deadline = gateway::async::Deadline::after(clock_, seconds(6));
  return life_->client().send(std::move(endpoint), std::move(request), deadline);
}

awaitable<void> Desk::pause(Duration least, std::uint64_t spread_ms) {
  const Duration rest = least + milliseconds(random_.below(spread_ms));
  const fhir::Status slept = co_await life_->timers().sleep_for(rest);
  static_cast<void>(slept);
}

/// True while the message this one speaks of is still on its way. Settles this one when there is nothing to
/// speak of.
bool Desk::wait_for_subject(Sent& sent) {
  if (!sent.about) return false;
  const Sent& subject = records_.sent[static_cast<std::size_t>(*sent.about)];
  if (!subject.done) return true;
  if (!subject.acknowledged) sent.done = true;
  return false;
}

awaitable<void> Desk::send(int number) {
  const auto index = static_cast<std::size_t>(number);
  const fhir::Status slept = co_await life_->timers().sleep_until(records_.sent[index].due);
  static_cast<void>(slept);
  while (wait_for_subject(records_.sent[index]))
    co_await pause(seconds(1), 1000);
  while (!records_.sent[index].done) {
    ++records_.sent[index].attempts;
    if (records_.sent[index].v2) {
      co_await attempt_v2(number);
    } else {
      co_await attempt(number);
    }
    if (!records_.sent[index].done) co_await pause(milliseconds(500), 1500);
  }
}

awaitable<void> Desk::attempt(int number) {
  Sent& sent = records_.sent[static_cast<std::size_t>(number)];
  http::Request request =
      request_of(http::Method::kPost, sent.partner, sent.request_id, sent.correlation_id, sent.body);
  request.target = http::Target::of({"fhir", "$process-message"});
  const fhir::Result<http::Response> answer = co_await exchange(std::move(request));
  if (answer.has_value()) settle(sent, answer->status, says_duplicate(*answer), answer->body);
}

awaitable<void> Desk::attempt_v2(int number) {
  Sent& sent = records_.sent[static_cast<std::size_t>(number)];
  gateway::mllp::Destination destination{kV2Door, nullptr};
  gateway::mllp::IsAnswer is_answer = [&sent](std::string_view said) { return v2_status(sent, said) != 0; };
  const auto deadline = gateway::async::Deadline::after(clock_, seconds(6));
  std::string payload = sent.body;
  const fhir::Result<std::string> answer =
      co_await life_->mllp().send(std::move(destination), std::move(payload), std::move(is_answer), deadline);
  if (answer.has_value()) settle(sent, v2_status(sent, *answer), false, *answer);
}

void Desk::settle(Sent& sent, int status, bool duplicate, std::string_view body) {
  const std::string name = "message " + std::to_string(sent.number);
  trace_.note(sent.partner + " sent " + std::to_string(sent.number) + " attempt " +
              std::to_string(sent.attempts) + " answer " + std::to_string(status));
  if (is_worth_repeating(status)) {
    if (status != 503 && status != 425)
      records_.faults.push_back(name + " answered " + std::to_string(status));
    return;
  }
  sent.done = true;
  sent.status = status;
  sent.answered_at = clock_.now();
  sent.acknowledged = status == 200 || duplicate;
  const bool first = sent.act != Act::kRepeat && sent.act != Act::kOtherBody;
  if (first && sent.attempts == 1 && duplicate)
    records_.faults.push_back(name + " is called a duplicate at once");
  if (sent.act == Act::kReferral && !sent.acknowledged)
    records_.faults.push_back(name + " refused: " + std::string(body.substr(0, 1500)));
  // HL7 v2 says the first code again, HTTP that it is a duplicate.
  if (!first && !(sent.v2 ? status == 200 : duplicate))
    records_.faults.push_back(name + " repeats and was answered " + std::to_string(status));
  if (sent.act == Act::kInvalidReferral && sent.acknowledged)
    records_.faults.push_back(name + " is invalid and was accepted");
}

awaitable<void> Desk::speak(int number) {
  const fhir::Status slept = co_await life_->timers().sleep_until(records_.decisions.at(number).due);
  static_cast<void>(slept);
  while (!records_.decisions.at(number).done) {
    ++records_.decisions.at(number).attempts;
    if (records_.decisions.at(number).by_message) {
      co_await speak_by_message(number);
    } else {
      co_await speak_by_task(number);
    }
    const Decision& decision = records_.decisions.at(number);
    trace_.note(decision.partner + " word " + std::to_string(number) + " attempt " +
                std::to_string(decision.attempts) + " status " + std::to_string(decision.status));
    if (!decision.done) co_await pause(milliseconds(500), 1500);
  }
}

awaitable<void> Desk::speak_by_message(int number) {
  Decision& decision = records_.decisions.at(number);
  if (decision.body.empty()) {
    const fhir::tree::TreePtr request =
        read_json(records_.receipts.at({decision.partner, decision.answers}).body);
    decision.body = response_message(request->root(), decision.word, clock_.now(), random_);
  }
  http::Request request = request_of(http::Method::kPost, decision.partner, decision.request_id,
                                     decision.correlation_id, decision.body);
  request.target = http::Target::of({"fhir", "$process-message"});
  const fhir::Result<http::Response> answer = co_await exchange(std::move(request));
  if (!answer.has_value() || is_worth_repeating(answer->status)) co_return;
  decision.status = answer->status;
  decision.done = true;
  decision.took_effect = answer->status == 200 || says_duplicate(*answer);
  if (!decision.took_effect && answer->status != 403 && answer->status != 409 && answer->status != 422) {
    records_.faults.push_back(decision.partner + " word " + std::to_string(number) + " answered " +
                              std::to_string(answer->status) + " " + answer->body.substr(0, 1500));
  }
  if (!decision.took_effect) trace_.note("refused: " + answer->body.substr(0, 600));
}

awaitable<void> Desk::speak_by_task(int number) {
  Decision& decision = records_.decisions.at(number);
  const std::string id = fhir::random_uuid(random_);
  http::Request get = request_of(http::Method::kGet, decision.partner, id, decision.correlation_id, "");
  get.headers.remove("Content-Type");
  get.target = http::Target::of({"fhir", "Task", decision.task_id});
  const fhir::Result<http::Response> current = co_await exchange(std::move(get));
  if (!current.has_value() || is_worth_repeating(current->status)) co_return;
  if (current->status != 200) {
    decision.done = true;
    decision.status = current->status;
    records_.faults.push_back(decision.partner +
                              " cannot read a Task it was sent: " + std::to_string(current->status));
    co_return;
  }
  const fhir::tree::TreePtr task = read_json(current->body);
  if (decision.status == -1 && says(task->root(), decision.word)) {
    decision.done = decision.took_effect = true;  // the answer to an earlier attempt was lost
    decision.status = 200;
    co_return;
  }
  http::Request put = request_of(http::Method::kPut, decision.partner, fhir::random_uuid(random_),
                                 decision.correlation_id, decided_task(task->root(), decision.word));
  put.target = http::Target::of({"fhir", "Task", decision.task_id});
  put.headers.add("If-Match", if_match(*current));
  const fhir::Result<http::Response> answer = co_await exchange(std::move(put));
  decision.status = -1;
  if (!answer.has_value() || is_worth_repeating(answer->status) || answer->status == 412) co_return;
  decision.status = answer->status;
  decision.done = true;
  decision.took_effect = answer->status == 200;
  if (!decision.took_effect && answer->status != 403 && answer->status != 409 && answer->status != 422) {
    records_.faults.push_back(decision.partner + " word " + std::to_string(number) + " answered " +
                              std::to_string(answer->status) + " " + answer->body.substr(0, 1500));
  }
  if (!decision.took_effect) trace_.note("refused: " + answer->body.substr(0, 600));
}

}  // namespace tests::simulation
