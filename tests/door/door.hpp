// The whole application behind its HTTP door, on one thread with simulated time and network: bytes go in at
// the socket, bytes come out of it, and what is kept is read from the store.
//
// Whatever the gateway emits on the way (answers, deliveries, stored resources) is validated when the house
// is pulled down, and nothing that starts with "Zzcanary" may be in a refusal, the log or the metrics.
#pragma once

#include <algorithm>
#include <array>
#include <cctype>
#include <filesystem>
#include <functional>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <map>
#include <memory>
#include <string>
#include <unistd.h>
#include <vector>

#include "fhir/base/random.hpp"
#include "fhir/packages/registry.hpp"
#include "fhir/search/parameters.hpp"
#include "fhir/terminology/terminology.hpp"
#include "fhir/validate/validate.hpp"
#include "fhir/validate/validator.hpp"
#include "fhir/xml/reader.hpp"
#include "gateway/app/app.hpp"
#include "gateway/store_sqlite/sqlite_store.hpp"
#include "tests/unit/gateway/async/simulation.hpp"
#include "tests/unit/gateway/intake/house.hpp"

namespace gateway::door {

using intake::Letter;
using intake::parse;
using intake::uuid;

inline constexpr const char* kCanary = "Zzcanary";

/// Letters of the demonstration are marked as test data; those of this fixture must be too.
inline std::string marked(std::string message) {
  const std::string meta = R"("meta":{"versionId":"1.4.0")";
  const std::size_t at = message.find(meta);
  if (at == std::string::npos) return message;
  return message.insert(at + meta.size(),
                        R"(,"tag":[{"system":"http://terminology.hl7.org/CodeSystem/v3-ActReason",)"
                        R"("code":"HTEST"}])");
}

inline Letter with(auto change) {
  Letter letter;
  change(letter);
  return letter;
}

inline std::string base64(std::string_view text) {
  static constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  for (std::size_t at = 0; at < text.size(); at += 3) {
    std::uint32_t three = 0;
    for (std::size_t i = 0; i < 3; ++i)
      three = (three << 8u) | (at + i < text.size() ? static_cast<unsigned char>(text[at + i]) : 0u);
    for (std::size_t i = 0; i < 4; ++i)
      out.push_back(at + i <= text.size() ? kDigits[(three >> (18u - 6u * i)) & 63u] : '=');
  }
  return out;
}

class RecordingLog final : public observe::Log {
 public:
  void write(observe::Level level, observe::LogName event,
             std::initializer_list<observe::LogField> fields) override {
    text += observe::format_line(fhir::Instant{}, level, event, fields) + '\n';
  }
  std::string text;
};

/// One request; what is empty is left out.
struct Ask {
  std::string method = "POST";
  std::string target = "/fhir/$process-message";
  std::string partner = "downland-practice";
  std::string type = "application/fhir+json";
  std::string accept = "application/fhir+json";
  std::string request_id;
  std::string correlation_id;
  std::string body;
  std::string headers;  ///< Further lines, each with its line end.
  bool claims = true;
};

struct Answer {
  int status = 0;
  std::map<std::string, std::string> headers;  ///< Names in lower case.
  std::string body;
  [[nodiscard]] std::string header(const std::string& name) const {
    const auto found = headers.find(name);
    return found == headers.end() ? std::string() : found->second;
  }
  [[nodiscard]] fhir::tree::TreePtr tree() const {
    return header("content-type").find("xml") == std::string::npos
               ? fhir::json::read(body, fhir::definitions::r4()).tree
               : fhir::xml::read(body, fhir::definitions::r4()).tree;
  }
  /// Of the first issue, `REC_X code`.
  [[nodiscard]] std::string verdict() const {
    const auto outcome = tree();
    if (outcome == nullptr || outcome->root().type() != "OperationOutcome") return "no OperationOutcome";
    for (const fhir::tree::Node issue : outcome->root().children("issue")) {
      const std::string_view severity = issue.child("severity").text();
      if (severity != "error" && severity != "fatal") continue;
      return std::string(issue.at("details", "coding", "code").text()) + ' ' +
             std::string(issue.child("code").text());
    }
    return "no error";
  }
  [[nodiscard]] std::vector<std::string> expressions() const {
    std::vector<std::string> all;
    const auto outcome = tree();
    if (outcome == nullptr) return all;
    for (const fhir::tree::Node issue : outcome->root().children("issue")) {
      for (const fhir::tree::Node place : issue.children("expression"))
        all.emplace_back(place.text());
    }
    return all;
  }
};

enum class Keep { kMemory, kSqlite };

/// FHIR R4 with our own package.
struct OurProfiles {
  OurProfiles() : validator((load(registry), registry), terms, options()) {}
  /// A name that looks like HTML is carried as it came.
  static fhir::validate::ValidatorOptions options() {
    fhir::validate::ValidatorOptions chosen;
    chosen.security_checks = false;
    return chosen;
  }
  static void load(fhir::packages::Registry& into) {
    fhir::IssueList issues;
    EXPECT_TRUE(into.add(LIGAMENT_SOURCE_DIR "/conformance/package", issues).has_value());
    EXPECT_FALSE(issues.has_error());
  }
  fhir::packages::Registry registry = fhir::packages::Registry::core();
  fhir::terminology::Terminology terms{registry};
  fhir::validate::Validator validator;
};

class House {
 public:
  explicit House(bool dev = false, Keep keep = Keep::kMemory, const char* now = "2026-11-22T10:00:00Z",
                 const std::function<void(config::Config&)>& change = {})
      : dev_(dev) {
    simulation.clock.set(*fhir::parse_instant(now));
    simulation.network.set_client_host("127.0.0.1");
    if (keep == Keep::kSqlite) {
      folder_ = std::filesystem::temp_directory_path() / ("ligament-door-" + std::to_string(getpid()));
      std::filesystem::remove_all(folder_);
      store_sqlite::Options options;
      options.folder = folder_.string();
      auto opened = store_sqlite::SqliteStore::open(options);
      EXPECT_TRUE(opened.has_value());
      store = std::move(*opened);
    } else {
      store = std::make_unique<store_memory::MemoryStore>();
    }
    auto config = std::make_shared<config::Config>(*intake::demonstration());
    config->doors.http = "127.0.0.1:8080";
    config->doors.mllp.clear();
    if (change) change(*config);
    app::AppSettings settings;
    settings.config = config;
    settings.catalogue = intake::all_services();
    settings.dev = dev;
    app::Surroundings surroundings{simulation.timers, random_,   simulation.network, pool_,
                                   executor(),        executor()};
    auto made = app::App::make(surroundings, *store, std::move(settings), log, metrics);
    EXPECT_TRUE(made.has_value());
    application = std::move(*made);
    EXPECT_TRUE(application->start().has_value());
  }

  ~House() {
    check_stored();
    check_secrecy();
    const auto deadline = async::Deadline::after(simulation.clock, std::chrono::seconds(30));
    EXPECT_TRUE(simulation.run(application->stop(deadline)).has_value());
    application.reset();
    store.reset();
    if (!folder_.empty()) std::filesystem::remove_all(folder_);
  }
  House(const House&) = delete;
  House& operator=(const House&) = delete;

  async::Executor executor() { return simulation.executor; }

  /// The bytes of a request as this house expects them.
  [[nodiscard]] std::string wire(const Ask& ask) const {
    std::string head = ask.method + " " + ask.target + " HTTP/1.1\r\nHost: gateway\r\nConnection: close\r\n";
    const auto add = [&head](const char* name, const std::string& value) {
      if (!value.empty()) head.append(name).append(": ").append(value).append("\r\n");
    };
    if (dev_) add("X-Ligament-Partner", ask.partner);
    if (!dev_ && !ask.partner.empty()) add("Authorization", "Bearer trial-" + ask.partner);
    if (!ask.body.empty() || ask.method == "POST") {
      add("Content-Type", ask.type);
      add("Content-Length", std::to_string(ask.body.size()));
    }
    add("Accept", ask.accept);
    add("X-Request-Id", ask.request_id);
    add("X-Correlation-Id", ask.correlation_id);
    if (ask.claims && ask.method == "POST") {
      add("NHSD-Target-Identifier",
          base64(R"({"system":"https://fhir.nhs.uk/Id/dos-service-id","value":"2000099001"})"));
      add("NHSD-End-User-Organisation",
          base64(R"({"resourceType":"Organization","identifier":[{"system":)"
                 R"("https://fhir.nhs.uk/Id/ods-organization-code","value":"99S01"}],"name":"Downland"})"));
      add("NHSD-Requesting-Software", base64(R"({"resourceType":"Device","version":[{"value":"1"}]})"));
    }
    return head + ask.headers + "\r\n" + ask.body;
  }

  /// Everything the door says to `bytes` on a connection of their own.
  std::string exchange(std::string bytes, std::uint16_t port = 8080) {
    auto stream = simulation.run(simulation.network.connect({"127.0.0.1", port}, async::Deadline::never()));
    EXPECT_TRUE(stream.has_value());
    if (!stream.has_value()) return {};
    received_.clear();
    ended = false;
    const auto reading = simulation.start(collect(**stream, received_, ended));
    const auto writing = simulation.start(write(**stream, std::move(bytes)));
    // The door closes after its answer; one that only waits for more bytes does not.
    (*stream)->close();
    simulation.timers.run_until_idle();
    return received_;
  }

  Answer send(const Ask& ask) { return parse_answer(exchange(wire(ask)), ask); }

  /// A message under fresh ids.
  [[nodiscard]] Ask message(std::string body, const std::string& partner = "downland-practice") {
    Ask ask;
    ask.partner = partner;
    ask.body = std::move(body);
    ask.request_id = uuid(++last_id_);
    ask.correlation_id = uuid(9000);
    return ask;
  }
  Answer send(const Letter& letter) { return send(message(marked(letter.json()))); }
  Answer get(const std::string& target, const std::string& partner = "downland-practice",
             const std::string& accept = "application/fhir+json", const std::string& headers = "") {
    Ask ask;
    ask.method = "GET";
    ask.target = target;
    ask.partner = partner;
    ask.accept = accept;
    ask.headers = headers;
    ask.request_id = uuid(++last_id_);
    ask.correlation_id = uuid(9000);
    return send(ask);
  }
  Answer put_task(const std::string& id, const std::string& body, const std::string& if_match,
                  const std::string& partner) {
    Ask ask;
    ask.method = "PUT";
    ask.target = "/fhir/Task/" + id;
    ask.partner = partner;
    ask.body = body;
    if (!if_match.empty()) ask.headers = "If-Match: " + if_match + "\r\n";
    ask.request_id = uuid(++last_id_);
    ask.correlation_id = uuid(9000);
    return send(ask);
  }

  template <class Fn>
  auto read(Fn fn) {
    return *store::value_of(*store, store::Kind::kRead, intake::kOperator, fn);
  }
  std::vector<store::MessageRow> messages() {
    return read([](store::Transaction& tx) { return tx.messages().list({}, std::nullopt, 1000); }).rows;
  }
  std::vector<store::ReferralRow> referrals() {
    return read([](store::Transaction& tx) { return tx.referrals().list(std::nullopt, 1000); });
  }
  std::vector<store::WorkRow> work() {
    return read([](store::Transaction& tx) { return tx.work().list({}, std::nullopt, 1000); });
  }
  std::vector<store::DeliveryRow> deliveries() {
    return read([](store::Transaction& tx) { return tx.outbox().list({}, std::nullopt, 1000); });
  }
  std::vector<store::AuditEntry> audit() {
    return read([](store::Transaction& tx) { return tx.audit().list(std::nullopt, 10000); });
  }
  std::vector<store::ResourceRow> resources(const std::string& type) {
    fhir::search::Query query;
    query.type = type;
    query.count = 500;
    return read([&](store::Transaction& tx) { return tx.resources().search(query); }).rows;
  }
  std::size_t resource_count() {
    std::size_t count = 0;
    for (const std::string& type : searchable_types())
      count += resources(type).size();
    return count;
  }
  bool has_work(const std::string& kind) {
    const auto all = work();
    return std::any_of(all.begin(), all.end(), [&](const auto& row) { return row.kind == kind; });
  }

  static std::vector<std::string> searchable_types() {
    std::vector<std::string> types;
    const fhir::tree::TypeTable& table = fhir::definitions::r4();
    for (const fhir::tree::ChildSlot& slot : table.types) {
      const std::string_view type = table.name(slot.serial_name);
      if (fhir::search::is_searchable(type)) types.emplace_back(type);
    }
    return types;
  }

  async::testing::Simulation simulation;
  std::unique_ptr<store::Store> store;
  RecordingLog log;
  observe::Metrics metrics;
  std::unique_ptr<app::App> application;
  bool ended = false;

 private:
  static async::awaitable<int> collect(async::ByteStream& stream, std::string& into, bool& at_end) {
    std::array<char, 16384> buffer{};
    while (true) {
      const async::ReadSome some = co_await async::read_some(stream, boost::asio::buffer(buffer));
      if (some.bytes == 0) {
        at_end = some.error == boost::asio::error::eof;
        break;
      }
      into.append(buffer.data(), some.bytes);
    }
    co_return 0;
  }
  static async::awaitable<int> write(async::ByteStream& stream, std::string bytes) {
    const fhir::Status written = co_await async::write_all(stream, bytes);
    co_return written.has_value() ? 0 : 1;
  }

  Answer parse_answer(const std::string& text, const Ask& ask) {
    Answer answer;
    const std::size_t head_end = text.find("\r\n\r\n");
    EXPECT_TRUE(text.starts_with("HTTP/1.1 ")) << "no answer";
    if (head_end == std::string::npos) return answer;
    answer.status = std::stoi(text.substr(9, 3));
    std::size_t at = text.find("\r\n") + 2;
    while (at < head_end + 2) {
      const std::size_t end = text.find("\r\n", at);
      const std::string line = text.substr(at, end - at);
      const std::size_t colon = line.find(':');
      std::string name = line.substr(0, colon);
      std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return std::tolower(c); });
      answer.headers[name] = line.substr(std::min(line.size(), colon + 2));
      at = end + 2;
    }
    answer.body = text.substr(head_end + 4);
    check_answer(answer, ask);
    return answer;
  }

  void check_answer(const Answer& answer, const Ask& ask) {
    if (!ask.target.starts_with("/fhir")) return;
    if (fhir::is_uuid(ask.request_id)) {
      EXPECT_EQ(answer.header("x-request-id"), ask.request_id);
    }
    if (fhir::is_uuid(ask.correlation_id)) {
      EXPECT_EQ(answer.header("x-correlation-id"), ask.correlation_id);
    }
    EXPECT_EQ(answer.header("x-content-type-options"), "nosniff");
    const fhir::tree::TreePtr tree = answer.tree();
    ASSERT_NE(tree, nullptr) << answer.status << ' ' << answer.body.substr(0, 300);
    check_valid(tree, ask.method + ' ' + ask.target);
    if (answer.status < 400) return;
    EXPECT_EQ(tree->root().type(), "OperationOutcome");
    EXPECT_THAT(answer.body, ::testing::Not(::testing::HasSubstr(kCanary)));
    EXPECT_THAT(answer.body, ::testing::Not(::testing::HasSubstr("9990000018")));
  }

  /// What names a profile of ours has it, and the other rules of FHIR that the door itself does not look at.
  static void check_ours(fhir::tree::Node resource, const std::string& what) {
    if (resource.type() == "Bundle") {
      for (const fhir::tree::Node entry : resource.children("entry"))
        check_ours(entry.child("resource"), what);
    }
    const std::string_view profile = resource.at("meta", "profile").text();
    if (!profile.starts_with("https://ligament.example/fhir/StructureDefinition/")) return;
    static const OurProfiles kProfiles;
    const fhir::IssueList issues = kProfiles.validator.validate(resource);
    for (const fhir::Issue& issue : issues.items()) {
      EXPECT_GT(issue.severity, fhir::Severity::kError)
          << what << ": " << issue.expression << ": " << issue.text << " " << fhir::json::write(resource);
    }
  }

  static void check_valid(const fhir::tree::TreePtr& tree, const std::string& what) {
    check_ours(tree->root(), what);
    const fhir::IssueList issues = fhir::validate::check(tree->root());
    for (const fhir::Issue& issue : issues.items()) {
      EXPECT_GT(issue.severity, fhir::Severity::kError)
          << what << ": " << issue.expression << ": " << issue.text;
    }
  }

  void check_stored() {
    for (const std::string& type : searchable_types()) {
      for (const store::ResourceRow& row : resources(type))
        check_valid(parse(row.json), "stored " + type);
    }
    for (const store::DeliveryRow& row : deliveries()) {
      if (row.media_type.find("fhir") == std::string::npos) continue;
      const std::string body = read([&](store::Transaction& tx) { return tx.outbox().read_body(row.seq); });
      const auto tree = row.media_type.find("xml") == std::string::npos
                            ? fhir::json::read(body, fhir::definitions::r4()).tree
                            : fhir::xml::read(body, fhir::definitions::r4()).tree;
      ASSERT_NE(tree, nullptr);
      check_valid(tree, "delivery " + row.kind);
    }
    const auto verdict = read([](store::Transaction& tx) { return tx.audit().verify({}); });
    EXPECT_FALSE(verdict.broken_at.has_value());
  }

  void check_secrecy() {
    for (const char* const secret : {kCanary, "9990000018", "1961-04-09"}) {
      EXPECT_THAT(log.text, ::testing::Not(::testing::HasSubstr(secret)));
      EXPECT_THAT(metrics.expose(), ::testing::Not(::testing::HasSubstr(secret)));
    }
  }

  bool dev_;
  int last_id_ = 0;
  std::filesystem::path folder_;
  std::string received_;
  fhir::SeededRandom random_{1};
  async::InlinePool pool_;
};

}  // namespace gateway::door
