// Where the time of one referral in goes: the pure part on the I/O thread, step by step, and the unit on the
// writer thread over the store in memory. Prints JSON lines; microseconds per message.
//
//   intake_bench FOLDER [ROUNDS]      FOLDER is the source folder (samples/ is read below it)
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <string>

#include "fhir/definitions/definitions.hpp"
#include "fhir/json/reader.hpp"
#include "fhir/validate/validate.hpp"
#include "gateway/bars/decision.hpp"
#include "gateway/config/yaml.hpp"
#include "gateway/intake/dispatch.hpp"
#include "gateway/intake/http_door.hpp"
#include "gateway/intake/localised.hpp"
#include "gateway/intake/new_referral.hpp"
#include "gateway/intake/referral_changes.hpp"
#include "gateway/routing/routing.hpp"
#include "gateway/security/id_key.hpp"
#include "gateway/services/fhirpath_conditions.hpp"
#include "gateway/services/local_date.hpp"
#include "gateway/store/audit_chain.hpp"
#include "gateway/store_memory/memory_store.hpp"
#include "gateway/store_sqlite/sqlite_store.hpp"

namespace {

using namespace gateway;
using namespace gateway::intake;

std::string message(std::size_t bytes) {
  const std::string ods = "https://fhir.nhs.uk/Id/ods-organization-code";
  std::string notes;
  const auto text = [&] {
    return R"({"resourceType":"Bundle","id":"11111111-1111-4111-8111-111111111111","meta":{"versionId":"1.4.0"},"type":"message",)"
           R"("timestamp":"2026-11-22T09:59:00.000Z","entry":[{"fullUrl":"https://gp.example/fhir/MessageHeader/h","resource":)"
           R"({"resourceType":"MessageHeader","id":"h","eventCoding":{"system":"https://fhir.nhs.uk/CodeSystem/message-events-bars",)"
           R"("code":"servicerequest-request"},"destination":[{"endpoint":"https://fhir.nhs.uk/Id/dos-service-id|2000099001"}],)"
           R"("sender":{"reference":"https://gp.example/fhir/Organization/o1"},"source":{"endpoint":"https://gp.example"},)"
           R"("reason":{"coding":[{"system":"https://fhir.nhs.uk/CodeSystem/message-reason-bars","code":"new"}]},)"
           R"("focus":[{"reference":"https://gp.example/fhir/ServiceRequest/s"}]}},)"
           R"({"fullUrl":"https://gp.example/fhir/ServiceRequest/s","resource":{"resourceType":"ServiceRequest","id":"s",)"
           R"("identifier":[{"system":"https://fhir.nhs.uk/Id/UBRN","value":"000049735221"}],"status":"active","intent":"plan",)"
           R"("priority":"routine","category":[{"coding":[{"system":"https://fhir.nhs.uk/CodeSystem/message-category-servicerequest",)"
           R"("code":"referral"},{"system":"https://fhir.nhs.uk/CodeSystem/usecases-categories-bars","code":"msk-spoa"}]}],)"
           R"("code":{"coding":[{"system":"http://snomed.info/sct","code":"183545006","display":"Referral to orthopaedic service"}]},)"
           R"("subject":{"reference":"https://gp.example/fhir/Patient/p"},"authoredOn":"2026-11-22T09:58:00Z","note":[)" +
           notes +
           R"(]}},{"fullUrl":"https://gp.example/fhir/Patient/p","resource":{"resourceType":"Patient","id":"p",)"
           R"("name":[{"family":"Example","given":["Ann"]}],"birthDate":"1961-04-09","generalPractitioner":)"
           R"([{"reference":"https://gp.example/fhir/Organization/o1"}]}},)"
           R"({"fullUrl":"https://gp.example/fhir/Organization/o1","resource":{"resourceType":"Organization","id":"o1",)"
           R"("identifier":[{"system":")" +
           ods + R"(","value":"99S01"}],"name":"Downland practice"}})";
  };
  notes = R"({"text":"Walks with a stick."})";
  std::string entries;
  std::string history;
  for (int at = 0; at < 12; ++at)
    history += " Worse on stairs and after long walks, better with rest and heat, no locking.";
  for (int at = 0; text().size() + entries.size() + 2 < bytes; ++at) {
    const std::string id = "c" + std::to_string(at);
    entries +=
        R"(,{"fullUrl":"https://gp.example/fhir/Condition/)" + id +
        R"(","resource":{"resourceType":"Condition","id":")" + id +
        R"(","code":{"coding":[{"system":"http://snomed.info/sct","code":"30989003","display":"Knee pain"}],"text":)"
        R"("Pain of the right knee for six months.)" +
        history +
        R"("},"subject":{"reference":)"
        R"("https://gp.example/fhir/Patient/p"},"recordedDate":"2026-10-01"}})";
  }
  return text() + entries + "]}";
}

/// Time of this thread on the processor: other programs on the machine do not count.
double thread_microseconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e6 + static_cast<double>(now.tv_nsec) / 1e3;
}

template <class Fn>
double each(int rounds, Fn fn) {
  const double start = thread_microseconds();
  for (int at = 0; at < rounds; ++at)
    static_cast<void>(fn());
  return (thread_microseconds() - start) / rounds;
}

void say(const char* step, double microseconds) {
  std::printf("{\"step\":\"%s\",\"us\":%.1f}\n", step, microseconds);
}

/// The message of run.py with its marks filled from `n`.
std::string filled(std::string text, int n) {
  const auto replace = [&](const std::string& mark, const std::string& value) {
    for (std::size_t at = text.find(mark); at != std::string::npos; at = text.find(mark, at + value.size()))
      text.replace(at, mark.size(), value);
  };
  char digits[16];
  for (int part = 1; part <= 9; ++part) {
    std::snprintf(digits, sizeof digits, "%08x", static_cast<unsigned>(n) * 2654435761u);
    replace("@UUID" + std::to_string(part) + "@",
            std::string(digits) + "-0000-4000-8" + std::to_string(part) + "00-0000" + digits);
  }
  std::snprintf(digits, sizeof digits, "999%06d", n);
  int sum = 0;
  for (int i = 0; i < 9; ++i)
    sum += (digits[i] - '0') * (10 - i);
  replace("@NHS@", digits + std::to_string((11 - sum % 11) % 11));
  return text;
}

/// Plans of one group of commits, and how long planning took.
struct Group {
  std::vector<PlannedReferral> plans;
  double microseconds = 0;
};

Group plan_group(const std::string& text, int first, int size, const ReadingSurroundings& around,
                 const PlanSurroundings& planning, const store::Caller& caller) {
  Group group;
  for (int n = first; n < first + size; ++n) {
    http::Request request;
    request.body = filled(text, n);
    request.headers.add("Content-Type", "application/fhir+json");
    request.headers.add("X-Request-Id", filled("@UUID8@", n));
    request.headers.add("X-Correlation-Id", filled("@UUID9@", n));
    const double start = thread_microseconds();
    Incoming incoming;
    incoming.caller = caller;
    incoming.seq = store::MessageSeq(n);
    incoming.received = around.received;
    incoming.body = std::make_shared<const std::string>(request.body);
    incoming.ids = conversation_ids(request);
    incoming.digest = store::sha256(*incoming.body);
    incoming.answer = config::WireFormat::kJson;
    const Reading reading = read_message(arrival_of(request, caller, Mode::kDev), around);
    if (reading.decision && !reading.refusal)
      group.plans.push_back(plan_new_referral(incoming, reading, planning));
    group.microseconds += thread_microseconds() - start;
  }
  return group;
}

/// Both threads of intake one after the other: reading and planning, then groups of commits on a real file.
int write_groups(const std::string& folder, int rounds, const config::Config& config,
                 const services::ServiceCatalogue& catalogue, const PlanSurroundings& planning) {
  constexpr int kGroup = 32;
  const std::string text = *config::read_text_file(folder + "/tests/bench/referral.template.json", 1u << 20);
  const store::Caller caller{"downland-practice", "99S01", "gp"};
  const ReadingSurroundings around{config, catalogue, Mode::kDev,
                                   *fhir::parse_instant("2026-11-22T10:00:00Z")};
  std::string data = (std::filesystem::temp_directory_path() / "ligament-bench-XXXXXX").string();
  if (mkdtemp(data.data()) == nullptr) return 1;
  double planned = 0;
  double written = 0;
  int count = 0;
  {
    store_sqlite::Options options;
    options.folder = data + "/data";
    const auto opened = store_sqlite::SqliteStore::open(options);
    for (int first = 1; opened.has_value() && first < rounds; first += kGroup) {
      Group group = plan_group(text, first, kGroup, around, planning, caller);
      std::vector<store::Unit> units;
      for (PlannedReferral& plan : group.plans)
        units.push_back({caller, [&plan](store::Transaction& tx) { return write_new_referral(tx, plan); }});
      const double start = thread_microseconds();
      const store::GroupOutcome outcome = (*opened)->transact_group(units);
      written += thread_microseconds() - start;
      planned += group.microseconds;
      for (const fhir::Status& unit : outcome.units)
        count += unit.has_value() ? 1 : 0;
    }
  }
  std::filesystem::remove_all(data);
  std::printf("{\"referrals\":%d}\n", count);
  say("template-read-and-plan", planned / count);
  say("template-write-group", written / count);
  return 0;
}

int run(const std::string& folder, int rounds) {
  const auto read = [&](const std::string& path) { return *config::read_text_file(folder + path, 1u << 20); };
  const config::ConfigOutcome configured =
      config::parse_config(read("/samples/config/dev.yaml"), "dev.yaml", folder);
  const services::FhirPathConditions compiler(fhir::definitions::r4());
  const auto catalogue =
      services::load_catalogue({{"sussex.yaml", read("/samples/services/sussex.yaml")},
                                {"calendar.yaml", read("/samples/services/calendar.yaml")},
                                {"red_flags.yaml", read("/samples/services/red_flags.yaml")}},
                               compiler)
          .catalogue;
  const auto key = security::IdKey::trial();
  const KeyedHash hash = [&](std::string_view text) { return key.digest("intake", {text}); };
  const referral::Deadlines deadlines = deadlines_of(configured.config->deadlines);
  const store::Caller caller{"downland-practice", "99S01", "gp"};
  Incoming incoming;
  incoming.caller = caller;
  incoming.seq = store::MessageSeq(1);
  incoming.received = *fhir::parse_instant("2026-11-22T10:00:00Z");
  http::Request request;
  request.headers.add("Content-Type", "application/fhir+json");
  request.headers.add("X-Request-Id", "22222222-2222-4222-8222-222222222222");
  request.headers.add("X-Correlation-Id", "33333333-3333-4333-8333-333333333333");
  request.body = message(15'000);
  incoming.body = std::make_shared<const std::string>(request.body);
  incoming.ids = conversation_ids(request);
  incoming.answer = config::WireFormat::kJson;
  const Arrival arrival = arrival_of(request, caller, Mode::kDev);
  const ReadingSurroundings around{*configured.config, *catalogue, Mode::kDev, incoming.received};
  const PlanSurroundings planning{*configured.config, hash, deadlines, "0.1.0", nullptr};
  const Reading reading = read_message(arrival, around);
  if (reading.refusal || !reading.decision) {
    std::fprintf(stderr, "the message of the bench is refused: %s %s\n",
                 reading.refusal ? reading.refusal->issues.items().front().expression.c_str() : "",
                 reading.refusal ? reading.refusal->issues.items().front().text.c_str() : "");
    return 1;
  }
  std::printf("{\"bytes\":%zu,\"entries\":%zu,\"decision\":\"%s\"}\n", request.body.size(),
              reading.tree->root().children("entry").size(), reading.decision->reason.c_str());
  const auto& table = fhir::definitions::r4();
  say("digest", each(rounds, [&] { return store::sha256(request.body); }));
  say("json-read", each(rounds, [&] { return fhir::json::read(request.body, table); }));
  say("gate", each(rounds, [&] { return gate::inspect(catalogue->red_flags(), reading.tree->root()); }));
  say("validate", each(rounds, [&] {
        return fhir::validate::check(reading.tree->root(),
                                     {.source = request.body, .report_unchecked_codes = false});
      }));
  say("decode", each(rounds, [&] { return bars::decode(reading.tree, {}); }));
  const routing::RoutingInput input{.bundle = reading.tree->root(),
                                    .received = incoming.received,
                                    .catalogue = *catalogue,
                                    .gate = reading.gate,
                                    .sender = {caller.partner, caller.ods, config::PartnerRole::kGp},
                                    .destination = routing::DestinationCheck::kAny,
                                    .use_cases = {}};
  say("route", each(rounds, [&] { return routing::decide(input); }));
  say("read-message-whole", each(rounds, [&] { return read_message(arrival, around); }));
  const std::string base = resource_base(*configured.config);
  say("localise", each(rounds, [&] {
        ResourceIds ids(hash, incoming.seq);
        return localise(reading.message, ids, {caller.partner, base, incoming.received, {}});
      }));
  ResourceIds local_ids(hash, incoming.seq);
  const LocalMessage local =
      localise(reading.message, local_ids, {caller.partner, base, incoming.received, {}});
  say("resources-to-rows", each(rounds, [&] {
        for (const LocalResource& resource : local.resources)
          (void)write_of(resource.resource, store::WriteRule::kCreate, incoming.seq, incoming.received);
      }));
  say("delivery-of-request", each(rounds, [&] {
        ResourceIds ids(hash, incoming.seq);
        Dispatch dispatch(*configured.config, "0.1.0", ids, incoming.received, nullptr);
        (void)dispatch.request(*configured.config->partner("sussex-hub"), {}, local.message,
                               bars::RequestReason::kNew, {});
      }));
  say("local-date", each(rounds, [&] { return services::london_date(incoming.received); }));
  say("plan-whole", each(rounds, [&] { return plan_new_referral(incoming, reading, planning); }));
  store_memory::MemoryStore store;
  PlannedReferral plan = plan_new_referral(incoming, reading, planning);
  std::printf("{\"resources\":%zu,\"deliveries\":%zu,\"unit_bytes\":%zu}\n", plan.resources.size(),
              plan.deliveries.size(), plan.bytes);
  say("unit-memory-store", each(1, [&] {
        const fhir::Status done = store.transact(store::Kind::kWrite, caller, [&](store::Transaction& tx) {
          return write_new_referral(tx, plan);
        });
        if (!done.has_value()) std::fprintf(stderr, "%s\n", to_text(done.error()).c_str());
      }));
  return write_groups(folder, rounds, *configured.config, *catalogue, planning);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fprintf(stderr, "intake_bench FOLDER [ROUNDS]\n");
    return 2;
  }
  return run(argv[1], argc > 2 ? std::atoi(argv[2]) : 2000);
}
