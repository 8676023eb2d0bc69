// A whole intake over a store in memory, and messages to send it. One thread; time stands still.
#pragma once

#include <gtest/gtest.h>
#include <memory>
#include <string>
#include <vector>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include "fhir/base/uuid.hpp"
#include "fhir/definitions/definitions.hpp"
#include "fhir/json/reader.hpp"
#include "fhir/json/writer.hpp"
#include "gateway/config/config.hpp"
#include "gateway/intake/intake.hpp"
#include "gateway/intake/process_message_handler.hpp"
#include "gateway/intake/referral_memory.hpp"
#include "gateway/security/id_key.hpp"
#include "gateway/services/fhirpath_conditions.hpp"
#include "gateway/store_memory/memory_store.hpp"

namespace gateway::intake {

/// A referral message in parts; every part can be changed.
struct Letter {
  std::string bundle = "11111111-1111-4111-8111-111111111111";
  std::string event = "servicerequest-request";
  std::string reason = "new";
  std::string answers;  ///< MessageHeader.response.identifier.
  std::string answer_code = "ok";
  std::string request_id = "22222222-2222-4222-8222-222222222222";
  std::string ubrn = "000049735221";
  std::string status = "active";
  std::string version;  ///< ServiceRequest.meta.versionId.
  std::string updated = "2026-11-22T09:59:00.000Z";
  std::string use_case = "msk-spoa";
  std::string category = "referral";
  std::string nhs = "9990000018";
  std::string verification = "number-present-and-verified";
  std::string birth = "1961-04-09";
  std::string family = "Zzcanaryfamily";
  std::string patient_id = "p1";
  std::string practice = "99S01";
  std::string code = "183545006";
  std::string display = "Referral to orthopaedic service";
  std::string problem = "Right knee pain, six months";
  std::string note = "Walks with a stick.";
  std::string endpoint = "https://fhir.nhs.uk/Id/dos-service-id|2000099001";
  std::string requester = R"({"reference":"Organization/o1"})";
  std::string source = "https://fhir.nhs.uk/Id/dos-service-id|2000099101";
  std::string more;     ///< Further members of the ServiceRequest, each with a comma before it.
  std::string entries;  ///< Further entries, each with a comma before it.

  [[nodiscard]] std::string json() const {
    const auto coding = [](const std::string& system, const std::string& value) {
      return R"({"system":")" + system + R"(","code":")" + value + R"("})";
    };
    const std::string bars = "https://fhir.nhs.uk/CodeSystem/";
    const std::string meta = R"("meta":{)" + (version.empty() ? "" : R"("versionId":")" + version + R"(",)") +
                             R"("lastUpdated":")" + updated + R"("})";
    std::string patient = R"({"resourceType":"Patient","id":")" + patient_id + '"';
    if (!nhs.empty()) {
      patient +=
          R"(,"identifier":[{"extension":[{"url":)"
          R"("https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-NHSNumberVerificationStatus",)"
          R"("valueCodeableConcept":{"coding":[)" +
          coding("https://fhir.hl7.org.uk/CodeSystem/UKCore-NHSNumberVerificationStatus", verification) +
          R"(]}}],"system":"https://fhir.nhs.uk/Id/nhs-number","value":")" + nhs + R"("}])";
    }
    patient += R"(,"name":[{"family":")" + family + R"(","given":["Ann"]}],"birthDate":")" + birth +
               R"(","generalPractitioner":[{"reference":"https://gp.example/fhir/Organization/o1"}]})";
    return R"({"resourceType":"Bundle","id":")" + bundle +
           R"(","meta":{"versionId":"1.4.0"},"type":"message","timestamp":")" + updated +
           R"(","entry":[{"fullUrl":"urn:uuid:aaaaaaaa-0000-4000-8000-000000000001","resource":{"resourceType":"MessageHeader","id":"h1","eventCoding":)" +
           coding(bars + "message-events-bars", event) + R"(,"destination":[{"endpoint":")" + endpoint +
           R"(","receiver":{"reference":"https://gp.example/fhir/Organization/o2"}}],)"
           R"("sender":{"reference":"https://gp.example/fhir/Organization/o1"},"source":{"endpoint":")" +
           source + R"("},"reason":{"coding":[)" + coding(bars + "message-reason-bars", reason) + "]}" +
           (answers.empty()
                ? ""
                : R"(,"response":{"identifier":")" + answers + R"(","code":")" + answer_code + R"("})") +
           R"(,"focus":[{"reference":"urn:uuid:aaaaaaaa-0000-4000-8000-000000000002"}],"definition":"https://fhir.nhs.uk/MessageDefinition/bars-message-servicerequest-request-referral"}},)"
           R"({"fullUrl":"urn:uuid:aaaaaaaa-0000-4000-8000-000000000002","resource":{"resourceType":"ServiceRequest","id":")" +
           request_id + R"(",)" + meta +
           R"(,"identifier":[{"system":"https://fhir.nhs.uk/Id/UBRN","value":")" + ubrn +
           R"("}],"status":")" + status +
           R"(","intent":"plan","priority":"routine","category":[{"coding":[)" +
           coding(bars + "message-category-servicerequest", category) + "," +
           coding(bars + "usecases-categories-bars", use_case) +
           R"(]}],"code":{"coding":[{"system":"http://snomed.info/sct","code":")" + code +
           R"(","display":")" + display +
           R"("}]},"subject":{"reference":"urn:uuid:aaaaaaaa-0000-4000-8000-000000000003"},"authoredOn":"2026-11-22T09:58:00+00:00",)"
           R"("requester":)" +
           requester + R"(,"reasonCode":[{"text":")" + problem + R"("}],"note":[{"text":")" + note +
           R"("}])" + more + R"(}},{"fullUrl":"urn:uuid:aaaaaaaa-0000-4000-8000-000000000003","resource":)" +
           patient +
           R"(},{"fullUrl":"https://gp.example/fhir/Organization/o1","resource":{"resourceType":"Organization","id":"o1","identifier":[{"system":)"
           R"("https://fhir.nhs.uk/Id/ods-organization-code","value":")" +
           practice +
           R"("}],"name":"Downland practice"}},{"fullUrl":"https://gp.example/fhir/Organization/o2","resource":{"resourceType":"Organization","id":"o2",)"
           R"("identifier":[{"system":"https://fhir.nhs.uk/Id/ods-organization-code","value":"99S10"}],"name":"The hub"}})" +
           entries + "]}";
  }
};

inline std::string uuid(int number) {
  std::string text = std::to_string(number);
  return "00000000-0000-4000-8000-" + std::string(12 - text.size(), '0') + text;
}

/// Remembers what it is told.
class RecordingSink final : public IntakeSink {
 public:
  void committed() override { ++commits; }
  void message(const MessageSummary& summary) override { messages.push_back(summary); }
  void alert(const Alert& alert) override { alerts.push_back(alert); }
  int commits = 0;
  std::vector<MessageSummary> messages;
  std::vector<Alert> alerts;
};

/// A store whose commits can be made to fail.
class FlakyStore final : public store::Store {
 public:
  explicit FlakyStore(store::Store& store) : store_(store) {}
  std::optional<fhir::ErrorCode> failing;
  fhir::Status transact(store::Kind kind, const store::Caller& caller, const store::Work& work) override {
    return store_.transact(kind, caller, work);
  }
  store::GroupOutcome transact_group(std::span<const store::Unit> units) override {
    if (!failing) return store_.transact_group(units);
    store::GroupOutcome outcome;
    for (std::size_t at = 0; at < units.size(); ++at)
      outcome.units.emplace_back(fhir::fail(*failing, "no"));
    return outcome;
  }
  [[nodiscard]] store::Durability durability() const noexcept override { return store::Durability::kMemory; }
  fhir::Status checkpoint_if_needed() override { return {}; }
  fhir::Status backup(const std::string&) override { return {}; }

 private:
  store::Store& store_;
};

inline std::string read_sample(const std::string& path) {
  auto text = config::read_text_file(std::string(LIGAMENT_SOURCE_DIR) + "/samples/" + path, 1u << 20);
  EXPECT_TRUE(text.has_value()) << path;
  return text.has_value() ? *text : std::string();
}

inline services::CataloguePtr sussex() {
  const services::FhirPathConditions compiler(fhir::definitions::r4());
  return services::load_catalogue({{"sussex.yaml", read_sample("services/sussex.yaml")},
                                   {"calendar.yaml", read_sample("services/calendar.yaml")},
                                   {"red_flags.yaml", read_sample("services/red_flags.yaml")}},
                                  compiler)
      .catalogue;
}

/// All services of the samples.
inline services::CataloguePtr all_services() {
  const services::FhirPathConditions compiler(fhir::definitions::r4());
  auto outcome =
      services::load_catalogue_folder(std::string(LIGAMENT_SOURCE_DIR) + "/samples/services", compiler);
  EXPECT_TRUE(outcome.has_value());
  return outcome.has_value() ? outcome->catalogue : nullptr;
}

inline std::shared_ptr<const config::Config> demonstration() {
  config::ConfigOutcome outcome =
      config::parse_config(read_sample("config/dev.yaml"), "dev.yaml", LIGAMENT_SOURCE_DIR);
  for (const fhir::Issue& issue : outcome.issues.items())
    EXPECT_NE(issue.severity, fhir::Severity::kError) << issue.text;
  return outcome.config;
}

inline const store::Caller kGp{"downland-practice", "99S01", "gp"};
inline const store::Caller kHub{"sussex-hub", "99S10", "hub"};
inline const store::Caller kProvider{"downs-trust", "99S20", "provider"};
inline const store::Caller kRota{"duty-clinician", "99S10", "rota"};
inline const store::Caller kOperator{"referral-reviewer", "99S00", "operator"};

class House {
 public:
  explicit House(Mode mode = Mode::kDev, std::shared_ptr<const config::Config> configured = demonstration(),
                 async::BlockingPool* pool = nullptr)
      : config(std::move(configured)),
        clock(*fhir::parse_instant("2026-11-22T10:00:00Z")),
        flaky(memory),
        committer(flaky, io.get_executor()),
        sequence(store::MessageSeq(0)),
        intake({committer, clock, hash(), sequence, sink, pool},
               {make_rules(config, sussex()->calendar()), mode, 16, "0.1.0"}, sussex()) {}

  static KeyedHash hash() {
    return [key = security::IdKey::trial()](std::string_view text) { return key.digest("intake", {text}); };
  }

  http::Request request(const std::string& body, int id) const {
    http::Request request;
    request.method = http::Method::kPost;
    request.headers.add("Content-Type", "application/fhir+json");
    request.headers.add("X-Request-Id", uuid(id));
    request.headers.add("X-Correlation-Id", uuid(700));
    request.body = body;
    return request;
  }

  http::Response send(const store::Caller& caller, http::Request request) {
    return run(process_message(intake, std::move(request), caller));
  }
  http::Response send(const Letter& letter, int id = 1, const store::Caller& caller = kGp) {
    return send(caller, request(letter.json(), id));
  }

  template <class T>
  T run(async::awaitable<T> task) {
    std::optional<T> result;
    boost::asio::co_spawn(io, std::move(task), [&](std::exception_ptr failure, T value) {
      if (failure) std::rethrow_exception(failure);
      result.emplace(std::move(value));
    });
    io.restart();
    io.run();
    return std::move(*result);
  }

  template <class Fn>
  auto read(Fn fn) {
    return *store::value_of(memory, store::Kind::kRead, kOperator, fn);
  }
  std::vector<store::ReferralRow> referrals() {
    return read([](store::Transaction& tx) { return tx.referrals().list(std::nullopt, 100); });
  }
  store::ReferralRow referral() {
    const auto all = referrals();
    EXPECT_FALSE(all.empty());
    return all.empty() ? store::ReferralRow() : all.front();
  }
  std::vector<store::DeliveryRow> deliveries() {
    return read([](store::Transaction& tx) { return tx.outbox().list({}, std::nullopt, 100); });
  }
  std::string body_of(store::OutboxSeq seq) {
    return read([&](store::Transaction& tx) { return tx.outbox().read_body(seq); });
  }
  std::vector<store::WorkRow> work() {
    return read([](store::Transaction& tx) { return tx.work().list({}, std::nullopt, 100); });
  }
  std::vector<store::MessageRow> messages() {
    return read([](store::Transaction& tx) { return tx.messages().list({}, std::nullopt, 100); }).rows;
  }
  std::vector<store::ReferralEvent> events(store::ReferralSeq seq) {
    return read([&](store::Transaction& tx) { return tx.referrals().events(seq); });
  }
  /// `kind destination`, in order.
  std::vector<std::string> sent() {
    std::vector<std::string> list;
    for (const store::DeliveryRow& row : deliveries())
      list.push_back(row.kind + ' ' + row.destination);
    return list;
  }
  std::vector<std::string> work_kinds() {
    std::vector<std::string> list;
    for (const store::WorkRow& row : work())
      list.push_back(row.kind);
    return list;
  }
  fhir::tree::TreePtr resource(const std::string& type, const std::string& id) {
    const auto row = read([&](store::Transaction& tx) { return tx.resources().get(type, id); });
    EXPECT_TRUE(row.has_value()) << type;
    return row ? fhir::json::read(row->json, fhir::definitions::r4()).tree : nullptr;
  }

  boost::asio::io_context io;
  std::shared_ptr<const config::Config> config;
  fhir::ManualClock clock;
  store_memory::MemoryStore memory;
  FlakyStore flaky;
  commit::Committer committer;
  MessageSequence sequence;
  RecordingSink sink;
  Intake intake;
};

inline fhir::tree::TreePtr parse(const std::string& json) {
  auto outcome = fhir::json::read(json, fhir::definitions::r4());
  EXPECT_NE(outcome.tree, nullptr);
  return outcome.tree;
}

/// The first resource of the type in a Bundle.
inline fhir::tree::Node entry(const fhir::tree::TreePtr& bundle, std::string_view type) {
  for (const fhir::tree::Node entry : bundle->root().children("entry")) {
    if (entry.child("resource").type() == type) return entry.child("resource");
  }
  return {};
}

}  // namespace gateway::intake
