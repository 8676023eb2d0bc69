#include "gateway/config/config.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <set>
#include <string>

#include "gateway/config/options.hpp"
#include "gateway/config/yaml.hpp"

namespace gateway::config {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string example() {
  auto text = read_text_file(std::string(LIGAMENT_SOURCE_DIR) + "/samples/config/dev.yaml", 1u << 20);
  return text.has_value() ? *text : std::string();
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  if (at != std::string::npos) text.replace(at, from.size(), to);
  return text;
}

std::string all_texts(const fhir::IssueList& issues) {
  std::string out;
  for (const fhir::Issue& issue : issues.items())
    out += issue.text + '\n';
  return out;
}

TEST(Config, ReadsTheExample) {
  const ConfigOutcome outcome = parse_config(example(), "dev.yaml", "/etc/ligament");
  ASSERT_NE(outcome.config, nullptr) << all_texts(outcome.issues);
  const Config& config = *outcome.config;
  EXPECT_EQ(config.installation.environment, Environment::kTest);
  EXPECT_EQ(config.services_folder, "/etc/services");
  EXPECT_EQ(config.rota.size(), 2u);
  EXPECT_EQ(config.rota[1].after, std::chrono::minutes(15));
  const Partner* hub = config.partner("sussex-hub");
  ASSERT_NE(hub, nullptr);
  EXPECT_EQ(hub->role, PartnerRole::kHub);
  EXPECT_TRUE(hub->receives.referral);
  EXPECT_EQ(config.partner_by_service({"https://fhir.nhs.uk/Id/dos-service-id", "2000099001"}), hub);
  EXPECT_EQ(config.partner_by_ods("99S10", PartnerRole::kHub), hub);
  EXPECT_EQ(config.partner_by_ods("99S10", PartnerRole::kRota), config.partner("duty-clinician"));
  EXPECT_EQ(config.partner("nobody"), nullptr);
  EXPECT_EQ(config.partner("seaview-practice")->format, WireFormat::kXml);
  EXPECT_EQ(config.deadlines.person_confirms.of(Priority::kUrgent), std::chrono::minutes(30));
  EXPECT_EQ(config.deadlines.reviewer_acts.of(Priority::kRoutine), std::chrono::hours(24)) << "the default";
}

struct Row {
  const char* name;
  const char* from;
  const char* to;
  const char* says;
};

TEST(Config, RefusesMistakesWithPlaceAndRule) {
  const Row rows[] = {
      {"unknown key", "environment: test", "environment: test\n  colour: blue",
       "installation.colour: unknown key"},
      {"duplicate key", "environment: test", "environment: test\n  environment: test",
       "duplicate key 'environment'"},
      {"missing ods", "  ods: 99S00\n", "", "installation: 'ods' is missing"},
      {"bad ods", "ods: 99S00", "ods: gp-1", "installation.ods: must be an ODS code"},
      {"unknown environment", "environment: test", "environment: staging", "must be one of: test, live"},
      {"literal key when live", "environment: test", "environment: live",
       "a literal key is refused when environment is live"},
      {"plain http when live", "environment: test", "environment: live",
       "must be https when environment is live"},
      {"two keys",
       "trial_id_key:", "id_key_file: k\n  trial_id_key:", "exactly one of id_key_file and trial_id_key"},
      {"user in URL", "endpoint: http://127.0.0.1:9102", "endpoint: http://user@127.0.0.1:9102",
       "without user name"},
      {"file URL", "endpoint: http://127.0.0.1:9102", "endpoint: file://127.0.0.1:9102",
       "must be an http or https URL"},
      {"port", "http: 127.0.0.1:8080", "http: 127.0.0.1:80800", "doors.http: must be HOST:PORT"},
      {"https without tls", "http: 127.0.0.1:8080", "https: 127.0.0.1:8443", "tls goes with https or mllps"},
      {"mllps without tls", "http: 127.0.0.1:8080", "mllps: 127.0.0.1:2576", "tls goes with https or mllps"},
      {"mllp port", "http: 127.0.0.1:8080", "mllp: 127.0.0.1", "doors.mllp: must be HOST:PORT"},
      {"v2 address", "role: provider", "role: provider\n    hl7v2: {addresses: [pas.example]}",
       "hl7v2.addresses[0]: must be an IP address"},
      {"v2 endpoint", "role: provider", "role: provider\n    hl7v2: {endpoint: \"http://127.0.0.1:1\"}",
       "must be mllp://HOST:PORT or mllps://HOST:PORT"},
      {"v2 endpoint without ca", "role: provider",
       "role: provider\n    hl7v2: {endpoint: \"mllps://127.0.0.1:1\"}",
       "an mllps endpoint and ca go together"},
      {"v2 form", "role: provider", "role: provider\n    hl7v2: {forms: {onward: RRI_I12}}",
       "hl7v2.forms.onward: must be one of: REF_I12, REF_I13, REF_I14, ADT_A28"},
      {"v2 form of a letter", "role: provider", "role: provider\n    hl7v2: {forms: {letter: MDM_T02}}",
       "is of no kind whose form can be chosen"},
      {"v2 size", "role: provider", "role: provider\n    hl7v2: {max_bytes: 1}", "must be from 1KiB to 1GiB"},
      {"same name twice", "name: seaview-practice", "name: downland-practice",
       "has the same name as partner"},
      {"same service id", "2000099102", "2000099101", "has the same service_id as partner"},
      {"role", "role: provider", "role: hospital", "partners[3].role: must be one of"},
      {"receives what", "receives: [escalation]", "receives: [everything]", "receives[0]: must be one of"},
      {"receives without endpoint", "    endpoint: http://127.0.0.1:9102/fhir\n", "",
       "receives something and has no endpoint"},
      {"rota names nobody", "partner: clinical-lead", "partner: nobody", "rota[1].partner: names no partner"},
      {"rota names a hub", "partner: clinical-lead", "partner: sussex-hub", "does not receive escalations"},
      {"rota out of order", "after: 15m", "after: 0m", "must come later than the step before it"},
      {"rota starts late", "after: 0m", "after: 5m", "the first step must come at once"},
      {"no unit", "first: 200ms", "first: 200", "retry.first: must be a whole number with a unit"},
      {"zero delay", "first: 200ms", "first: 0s", "retry.first: must be over 0"},
      {"max under first", "max: 30s", "max: 100ms", "max is shorter than first"},
      {"urgent slower", "{routine: 4h, urgent: 1h}", "{routine: 1h, urgent: 4h}",
       "urgent is longer than routine"},
      {"token no digest", "token_sha256: ", "token_sha256: trial-x #", "token_sha256: must be 64 hex digits"},
      {"service id", "service_id: \"https://fhir.nhs.uk/Id/dos-service-id|2000099001\"",
       "service_id: \"2000099001\"", "must be 'system|value'"},
  };
  for (const Row& row : rows) {
    const ConfigOutcome outcome = parse_config(replaced(example(), row.from, row.to), "dev.yaml");
    EXPECT_EQ(outcome.config, nullptr) << row.name;
    EXPECT_THAT(all_texts(outcome.issues), HasSubstr(row.says)) << row.name;
    EXPECT_THAT(all_texts(outcome.issues), HasSubstr("dev.yaml:")) << row.name;
  }
}

TEST(Config, TellsPartnersWithOneTokenApart) {
  const std::string text = example();
  const std::size_t at = text.find("token_sha256: ");
  const std::string token = text.substr(at, std::string("token_sha256: ").size() + 64);
  const std::size_t next = text.find("token_sha256: ", at + 1);
  std::string changed = text;
  changed.replace(next, token.size(), token);
  const ConfigOutcome outcome = parse_config(changed, "dev.yaml");
  EXPECT_THAT(all_texts(outcome.issues), HasSubstr("has the same token as partner 'downland-practice'"));
}

TEST(Config, ReadsHowAPartnerSpeaksHl7v2) {
  const std::string v2 = R"(role: provider
    hl7v2:
      addresses: [10.0.0.7, "fe80::7"]
      application: CAREFLOW
      facility: 99S20
      max_bytes: 2MiB
      endpoint: mllps://pas.example:2575
      ca: tls/pas.pem
      character_set: 8859/1
      destination: "https://fhir.nhs.uk/Id/dos-service-id|2000099001"
      id_systems: {RXH: "https://downs.example/mrn"}
      entries: {"ADT^A28": none, "ADT^A05": AdtAppointment})";
  const ConfigOutcome outcome =
      parse_config(replaced(example(), "role: provider", v2), "dev.yaml", "/etc/ligament");
  ASSERT_NE(outcome.config, nullptr) << all_texts(outcome.issues);
  const Partner& trust = *outcome.config->partner("downs-trust");
  ASSERT_TRUE(trust.hl7v2.has_value());
  EXPECT_EQ(trust.hl7v2->addresses, (std::vector<std::string>{"10.0.0.7", "fe80::7"}));
  EXPECT_EQ(trust.hl7v2->application, "CAREFLOW");
  EXPECT_EQ(trust.hl7v2->facility, "99S20");
  EXPECT_EQ(trust.hl7v2->max_bytes, 2u << 20);
  EXPECT_EQ(trust.hl7v2->endpoint, "pas.example:2575");
  EXPECT_TRUE(trust.hl7v2->tls);
  EXPECT_EQ(trust.hl7v2->ca_file, "/etc/ligament/tls/pas.pem");
  EXPECT_EQ(trust.hl7v2->character_set, "8859/1");
  EXPECT_EQ(trust.hl7v2->zone, "Europe/London");
  EXPECT_EQ(trust.hl7v2->destination->value, "2000099001");
  EXPECT_EQ(trust.hl7v2->id_systems, (std::vector<NamePair>{{"RXH", "https://downs.example/mrn"}}));
  EXPECT_EQ(trust.hl7v2->entries, (std::vector<NamePair>{{"ADT^A28", ""}, {"ADT^A05", "AdtAppointment"}}));
  EXPECT_FALSE(outcome.config->partner("coast-surgical")->hl7v2.has_value());
}

TEST(Config, RefusesSendersOfHl7v2ThatCannotBeToldApart) {
  const auto with = [](const std::string& one, const std::string& other) {
    std::string text = replaced(example(), "ods: 99S20", "hl7v2: {" + one + "}\n    ods: 99S20");
    return parse_config(replaced(text, "ods: 99S21", "hl7v2: {" + other + "}\n    ods: 99S21"), "dev.yaml");
  };
  const char* says = "has an HL7 v2 address and sender in common with partner 'downs-trust'";
  EXPECT_THAT(all_texts(with("addresses: [10.0.0.7]", "addresses: [10.0.0.7], facility: X").issues),
              HasSubstr(says));
  EXPECT_THAT(all_texts(with("addresses: [10.0.0.7]", "addresses: [10.0.0.8]").issues), Not(HasSubstr(says)));
  EXPECT_THAT(
      all_texts(with("addresses: [10.0.0.7], facility: Y", "addresses: [10.0.0.7], facility: X").issues),
      Not(HasSubstr(says)));
}

TEST(Config, NeedsARota) {
  const std::string text = example();
  const std::size_t at = text.find("rota:\n");
  const std::string changed = text.substr(0, at) + "rota: []\n";
  EXPECT_THAT(all_texts(parse_config(changed, "f").issues), HasSubstr("needs at least one step"));
}

TEST(Config, FailsOnAFileThatIsNotThere) {
  const auto outcome = load_config_file("/nowhere/ligament.yaml");
  ASSERT_FALSE(outcome.has_value());
  EXPECT_EQ(outcome.error().code, fhir::ErrorCode::kNotFound);
}

/// Every key the example uses is documented, and the table has no row twice.
TEST(Options, DocumentEveryKeyOfTheExample) {
  std::set<std::string> paths;
  for (const Option& option : options())
    EXPECT_TRUE(paths.emplace(option.path).second) << option.path;
  fhir::IssueList issues;
  const auto file = parse_yaml(example(), "f", issues);
  ASSERT_TRUE(file);
  const auto visit = [&](const auto& self, const YamlNode& node, const std::string& path) -> void {
    for (const YamlNode& child : node.children) {
      const std::string below = child.key.empty() ? path + "[]"
                                : path.empty()    ? child.key
                                                  : path + '.' + child.key;
      if (child.kind == YamlKind::kScalar) {
        const std::string list = below.ends_with("[]") ? below.substr(0, below.size() - 2) : below;
        EXPECT_TRUE(paths.contains(below) || paths.contains(list)) << below;
      } else {
        self(self, child, below);
      }
    }
  };
  visit(visit, file->root, {});
  EXPECT_THAT(options_markdown(), HasSubstr("| partners[].ods | ODS code | (required) |"));
}

TEST(ServiceId, SplitsAtTheLastBar) {
  EXPECT_EQ(parse_service_id("https://x|1")->value, "1");
  EXPECT_EQ(parse_service_id("a|b|c")->system, "a|b");
  for (const char* wrong : {"", "|", "x|", "|1", "x"})
    EXPECT_FALSE(parse_service_id(wrong)) << wrong;
}

}  // namespace
}  // namespace gateway::config
