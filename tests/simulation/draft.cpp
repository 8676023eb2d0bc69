#include "tests/simulation/draft.hpp"

#include <fstream>
#include <iterator>
#include <map>
#include <stdexcept>

#include "fhir/base/uuid.hpp"
#include "fhir/definitions/definitions.hpp"
#include "fhir/json/writer.hpp"
#include "fhir/tree/resource_builder.hpp"
#include "gateway/referral/state.hpp"

namespace tests::simulation {

namespace {

using fhir::tree::Node;

constexpr std::string_view kTestTag =
    R"("tag":[{"system":"http://terminology.hl7.org/CodeSystem/v3-ActReason","code":"HTEST"}])";

std::string read_sample(const std::string& name) {
  std::ifstream file(std::string(LIGAMENT_SOURCE_DIR) + "/samples/demonstration/" + name, std::ios::binary);
  if (!file) throw std::runtime_error("no sample " + name);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

void replace_all(std::string& text, std::string_view from, std::string_view to) {
  for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
    text.replace(at, from.size(), to);
}

void replace_first(std::string& text, std::string_view from, std::string_view to) {
  const std::size_t at = text.find(from);
  if (at == std::string::npos) throw std::runtime_error("a sample lacks " + std::string(from));
  text.replace(at, from.size(), to);
}

/// The value after the first `key` of JSON text.
std::string value_after(const std::string& text, std::string_view key, std::size_t from = 0) {
  const std::size_t at = text.find(key, from);
  if (at == std::string::npos) throw std::runtime_error("a sample lacks " + std::string(key));
  const std::size_t open = text.find('"', text.find(':', at) + 1) + 1;
  return text.substr(open, text.find('"', open) - open);
}

/// Gives every UUID of the text another, the same one everywhere.
void renew_uuids(std::string& text, fhir::Random& random) {
  std::map<std::string, std::string> renewed;
  for (std::size_t at = 0; at + 36 <= text.size(); ++at) {
    if (text[at + 8] != '-' || text[at + 13] != '-') continue;
    const std::string found = text.substr(at, 36);
    if (!fhir::is_uuid(found)) continue;
    const auto [entry, fresh] = renewed.try_emplace(found);
    if (fresh) entry->second = fhir::random_uuid(random);
    text.replace(at, 36, entry->second);
    at += 35;
  }
}

std::string digits(fhir::Random& random, int count) {
  std::string text;
  for (int i = 0; i < count; ++i)
    text.push_back(static_cast<char>('0' + random.below(10)));
  return text;
}

void mark_as_test(std::string& text) {
  if (text.find("HTEST") != std::string::npos) return;
  replace_all(text, "\"meta\": {", "\"meta\": {" + std::string(kTestTag) + ",");
}

std::string of_second_practice(std::string text) {
  replace_all(text, "99S01", "99S02");
  replace_all(text, "2000099101", "2000099102");
  replace_all(text, "Downland Practice", "Seaview Practice");
  return text;
}

void draw_conversation(Sent& sent, fhir::Random& random) {
  sent.request_id = fhir::random_uuid(random);
  sent.bundle_id = value_after(sent.body, "\"id\"");
}

}  // namespace

std::string nhs_number(fhir::Random& random, bool valid) {
  while (true) {
    std::string number = "999" + digits(random, 6);
    int sum = 0;
    for (std::size_t i = 0; i < 9; ++i)
      sum += (number[i] - '0') * static_cast<int>(10 - i);
    const int check = (11 - sum % 11) % 11;
    if (check == 10) continue;
    const int shown = valid ? check : (check + 1) % 10;
    number.push_back(static_cast<char>('0' + shown));
    return number;
  }
}

Drafts::Drafts()
    : samples_{read_sample("1-ordinary-knee.json"), read_sample("2-under-sixteen.json"),
               read_sample("3-red-flag.json"), read_sample("4-surgical-choice.json")} {
  for (std::string& sample : samples_)
    mark_as_test(sample);
}

Sent Drafts::referral(Kind kind, const std::string& partner, fhir::Instant at, fhir::Random& random,
                      bool valid) const {
  Sent sent;
  if (!valid) sent.act = Act::kInvalidReferral;
  sent.partner = partner;
  sent.red_flag = kind == Kind::kRedFlag;
  sent.turned_away = kind == Kind::kUnderSixteen;
  sent.body = samples_[static_cast<std::size_t>(kind)];
  if (partner == kSecondGp) sent.body = of_second_practice(std::move(sent.body));
  renew_uuids(sent.body, random);
  sent.ubrn = "999" + digits(random, 9);
  const std::size_t ubrn = sent.body.find("Id/UBRN");
  replace_all(sent.body, value_after(sent.body, "\"value\"", ubrn), sent.ubrn);
  const std::string number = value_after(sent.body, "\"value\"", sent.body.find("Id/nhs-number"));
  replace_all(sent.body, number, nhs_number(random, valid));
  const std::string family = value_after(sent.body, "\"family\"");
  replace_first(sent.body, family, "Invented" + std::string(1, static_cast<char>('a' + random.below(26))));
  replace_all(sent.body, value_after(sent.body, "\"lastUpdated\""), fhir::to_text(at));
  sent.correlation_id = fhir::random_uuid(random);
  draw_conversation(sent, random);
  return sent;
}

Sent Drafts::later(const Sent& earlier, Act act, fhir::Instant at, fhir::Random& random) const {
  Sent sent = earlier;
  sent.act = act;
  sent.about = earlier.number;
  sent.attempts = 0;
  if (act == Act::kRepeat) return sent;
  if (act == Act::kOtherBody) {
    replace_first(sent.body, "Invented", "Otherwise");
    return sent;
  }
  replace_first(sent.body, "\"code\": \"new\"", "\"code\": \"update\"");
  if (act == Act::kCancel) {
    const std::size_t status = sent.body.find("\"status\": \"active\"", sent.body.find("Id/UBRN"));
    sent.body.replace(status, 18, "\"status\": \"revoked\"");
  }
  renew_uuids(sent.body, random);
  replace_all(sent.body, value_after(sent.body, "\"lastUpdated\""), fhir::to_text(at));
  draw_conversation(sent, random);
  return sent;
}

std::string decided_task(Node task, Word word) {
  fhir::tree::ResourceBuilder made(fhir::definitions::r4(), "Task");
  if (word == Word::kGive) {
    made.copy_children(task);
    made.open("input")
        .open("type")
        .set("text", "Imaging")
        .close()
        .set("valueString", "X-ray in June")
        .close();
    return fhir::json::write(made.finish()->root());
  }
  made.copy_children(task, {"status", "businessStatus", "statusReason"});
  const auto business = [&](std::string_view code) {
    made.open("businessStatus").open("coding");
    made.set("system", gateway::referral::kBusinessStatusSystem).set("code", code).close().close();
  };
  if (word == Word::kConfirm) {
    made.set("status", "requested");
    business("awaiting-hub");
    made.open("note").set("authorString", "Dr Invented").set("text", "Phoned the practice.").close();
  } else if (word == Word::kAcknowledge) {
    made.set("status", "received");
    business("awaiting-triage");
  } else if (word == Word::kAccept) {
    made.set("status", "accepted");
    business("accepted");
  } else if (word == Word::kReject) {
    made.set("status", "rejected");
    business("rejected");
    made.open("statusReason").open("coding").set("system", gateway::referral::kReasonSystem);
    made.set("code", "not-suitable").close().set("text", "Try exercise first").close();
  } else {
    made.set("status", "received");
    business("awaiting-information");
    made.open("note").set("text", "Which imaging was done, and when?").close();
  }
  return fhir::json::write(made.finish()->root());
}

std::string response_message(Node request, Word word, fhir::Instant at, fhir::Random& random) {
  const std::string now = fhir::to_text(at);
  const std::string meta = R"("meta":{"lastUpdated":")" + now + "\"," + std::string(kTestTag);
  const std::string header = fhir::random_uuid(random);
  const std::string organisation = fhir::random_uuid(random);
  std::string entries;
  std::string focus;
  for (const Node entry : request.children("entry")) {
    const Node resource = entry.child("resource");
    const std::string url(entry.child("fullUrl").text());
    const bool wanted =
        resource.type() == "Task" || resource.type() == "ServiceRequest" || resource.type() == "Patient";
    if (!wanted) continue;
    if (resource.type() == "Task") focus = url;
    entries += R"(,{"fullUrl":")" + url + R"(","resource":)" +
               (resource.type() == "Task" ? decided_task(resource, word) : fhir::json::write(resource)) + "}";
  }
  return R"({"resourceType":"Bundle","id":")" + fhir::random_uuid(random) + R"(",)" + meta +
         R"(,"versionId":"1.4.0"},"type":"message","timestamp":")" + now +
         R"(","entry":[{"fullUrl":"urn:uuid:)" + header +
         R"(","resource":{"resourceType":"MessageHeader","id":")" + header + R"(",)" + meta +
         R"(},"eventCoding":{"system":"https://fhir.nhs.uk/CodeSystem/message-events-bars","code":"servicerequest-response"},)"
         R"("destination":[{"endpoint":"https://fhir.nhs.uk/Id/dos-service-id|2000099000"}],)"
         R"("sender":{"reference":"urn:uuid:)" +
         organisation +
         R"("},"source":{"endpoint":"https://fhir.nhs.uk/Id/dos-service-id|2000099001"},)"
         R"("reason":{"coding":[{"system":"https://fhir.nhs.uk/CodeSystem/message-reason-bars","code":"update"}]},)"
         R"("response":{"identifier":")" +
         std::string(request.child("id").text()) + R"(","code":"ok"},"focus":[{"reference":")" + focus +
         R"("}],"definition":"https://ligament.example/fhir/MessageDefinition/msk-referral-response"}},)"
         R"({"fullUrl":"urn:uuid:)" +
         organisation +
         R"(","resource":{"resourceType":"Organization","identifier":[{"system":)"
         R"("https://fhir.nhs.uk/Id/ods-organization-code","value":"99S10"}],"name":"Sussex MSK hub"}})" +
         entries + "]}";
}

std::string business_answer(std::string_view bundle_id) {
  return R"({"resourceType":"Bundle","type":"message","entry":[{"resource":{"resourceType":"MessageHeader",)"
         R"("eventCoding":{"system":"https://fhir.nhs.uk/CodeSystem/message-events-bars","code":"servicerequest-response"},)"
         R"("source":{"endpoint":"https://fhir.nhs.uk/Id/dos-service-id|2000099001"},"response":{"identifier":")" +
         std::string(bundle_id) + R"(","code":"ok"}}}]})";
}

std::string duplicate_outcome() {
  return R"({"resourceType":"OperationOutcome","issue":[{"severity":"error","code":"duplicate"}]})";
}

}  // namespace tests::simulation
