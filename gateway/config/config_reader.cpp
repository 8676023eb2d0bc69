#include <algorithm>
#include <filesystem>
#include <set>
#include <utility>

#include "gateway/config/config.hpp"
#include "gateway/config/text_form.hpp"
#include "gateway/config/yaml.hpp"

namespace gateway::config {

namespace {

class ConfigReader {
 public:
  ConfigReader(Config& config, std::filesystem::path folder) : config_(config), folder_(std::move(folder)) {}

  void read(YamlMap root) {
    read_installation(root.require("installation").map());
    read_doors(root.find("doors").map());
    for (const YamlValue& value : root.require("partners").list())
      read_partner(value);
    config_.services_folder = file(root.require("services"));
    config_.data_folder = file(root.require("data"));
    for (const YamlValue& value : root.list_or_empty("packages"))
      config_.packages.push_back(file(value));
    config_.maps_folder = file_or_empty(root, "maps");
    read_limits(root.find("limits").map());
    read_retry(root.find("retry").map());
    read_deadlines(root.find("deadlines").map());
    read_rota(root.require("rota"));
    read_routes(root.find("routes").map());
    config_.use_case_codes = root.texts_or_empty("use_cases");
  }

 private:
  [[nodiscard]] bool live() const { return config_.installation.environment == Environment::kLive; }

  [[nodiscard]] std::string file(const YamlValue& value) const {
    std::string text = value.text();
    if (text.empty() || folder_.empty() || text.front() == '/') return text;
    return (folder_ / text).lexically_normal().string();
  }
  [[nodiscard]] std::string file_or_empty(YamlMap& map, std::string_view key) const {
    const YamlValue value = map.find(key);
    return value ? file(value) : std::string();
  }
  static std::string checked(const YamlValue& value, bool (*test)(std::string_view),
                             std::string_view wanted) {
    std::string text = value.text();
    if (!text.empty() && !test(text)) value.complain("must be " + std::string(wanted));
    return text;
  }
  static std::optional<ServiceId> service_id(const YamlValue& value) {
    const std::string text = value.text();
    if (text.empty()) return std::nullopt;
    auto id = parse_service_id(text);
    if (!id) value.complain("must be 'system|value'");
    return id;
  }
  [[nodiscard]] std::string url(const YamlValue& value) const {
    std::string text = checked(value, is_url, "an http or https URL without user name, space or fragment");
    if (live() && text.starts_with("http://")) value.complain("must be https when environment is live");
    return text;
  }

  void read_installation(YamlMap map) {
    Installation& out = config_.installation;
    out.name = map.text("name");
    out.ods = checked(map.require("ods"), is_ods, "an ODS code: 3 to 10 capitals and digits");
    out.environment =
        map.require("environment").one_of({"test", "live"}) == 1 ? Environment::kLive : Environment::kTest;
    out.id_key_file = file_or_empty(map, "id_key_file");
    const YamlValue trial = map.find("trial_id_key");
    if (trial) out.trial_id_key = trial.text();
    if (trial && live()) trial.complain("a literal key is refused when environment is live: use id_key_file");
    if (out.id_key_file.empty() == out.trial_id_key.empty()) {
      map.value().complain("needs exactly one of id_key_file and trial_id_key");
    }
    out.endpoint_url = url(map.require("endpoint"));
    out.service_id = service_id(map.require("service_id")).value_or(ServiceId{});
  }

  void read_doors(YamlMap map) {
    Doors& out = config_.doors;
    const auto address = [&](std::string_view key) {
      const YamlValue value = map.find(key);
      return value ? checked(value, is_address, "HOST:PORT") : std::string();
    };
    out.http = address("http");
    out.https = address("https");
    out.mllp = address("mllp");
    out.mllps = address("mllps");
    const YamlValue tls = map.find("tls");
    if (tls) {
      YamlMap inner = tls.map();
      out.tls = Tls{file(inner.require("certificate")), file(inner.require("key")),
                    file_or_empty(inner, "client_ca")};
    }
    const bool encrypted = !out.https.empty() || !out.mllps.empty();
    if (encrypted != out.tls.has_value()) map.value().complain("tls goes with https or mllps");
  }

  void read_partner(const YamlValue& value) {
    YamlMap map = value.map();
    Partner out;
    out.name = checked(map.require("name"), is_name, "a name of small letters, digits and hyphens");
    out.ods = checked(map.require("ods"), is_ods, "an ODS code: 3 to 10 capitals and digits");
    out.organisation = map.text_or("organisation", out.name);
    out.role = static_cast<PartnerRole>(
        map.require("role").one_of({"gp", "hub", "provider", "rota", "operator", "pas"}));
    if (const YamlValue id = map.find("service_id")) out.service_id = service_id(id);
    if (const YamlValue endpoint = map.find("endpoint")) out.endpoint = url(endpoint);
    out.ca_file = file_or_empty(map, "ca");
    for (const YamlValue& kind : map.list_or_empty("receives")) {
      switch (
          kind.one_of({"referral", "communication", "escalation", "acceptance", "cancellation", "onward"})) {
        case 0: out.receives.referral = true; break;
        case 1: out.receives.communication = true; break;
        case 2: out.receives.escalation = true; break;
        case 3: out.receives.acceptance = true; break;
        case 4: out.receives.cancellation = true; break;
        default: out.receives.onward = true; break;
      }
    }
    const auto digest = [&](std::string_view key) {
      const YamlValue found = map.find(key);
      return found ? checked(found, is_sha256, "64 hex digits in small letters") : std::string();
    };
    out.token_sha256 = digest("token_sha256");
    out.certificate_sha256 = digest("certificate_sha256");
    out.outgoing_token_file = file_or_empty(map, "outgoing_token_file");
    if (const YamlValue format = map.find("format"))
      out.format = static_cast<WireFormat>(format.one_of({"json", "xml"}));
    if (const YamlValue v2 = map.find("hl7v2")) out.hl7v2 = hl7v2(v2.map());
    check_partner(value, out);
    config_.partners.push_back(std::move(out));
  }

  static std::vector<NamePair> names(const YamlValue& value) {
    std::vector<NamePair> out;
    YamlMap map = value.map();
    for (auto& [name, meaning] : map.entries())
      out.emplace_back(name, meaning.text());
    return out;
  }

  /// Only forms that can say what the kind means.
  static std::vector<NamePair> forms(const YamlValue& value) {
    static constexpr std::string_view kRequests[] = {"referral", "acceptance", "update", "onward",
                                                     "cancellation"};
    std::vector<NamePair> out = names(value);
    YamlMap map = value.map();
    for (auto& [kind, form] : map.entries()) {
      if (std::ranges::find(kRequests, kind) != std::end(kRequests)) {
        static_cast<void>(form.one_of({"REF_I12", "REF_I13", "REF_I14", "ADT_A28"}));
      } else if (kind == "decision") {
        static_cast<void>(form.one_of({"RRI_I12", "MDM_T02"}));
      } else {
        form.complain("is of no kind whose form can be chosen");
      }
    }
    return out;
  }

  Hl7v2 hl7v2(YamlMap map) {
    Hl7v2 out;
    for (const YamlValue& address : map.list_or_empty("addresses"))
      out.addresses.push_back(checked(address, is_ip_address, "an IP address without port"));
    out.application = map.text_or("application", "");
    out.facility = map.text_or("facility", "");
    if (const YamlValue bytes = map.find("max_bytes")) {
      out.max_bytes = bytes.size();
      if (out.max_bytes < 1024 || out.max_bytes > (std::uint64_t{1} << 30))
        bytes.complain("must be from 1KiB to 1GiB");
    }
    if (const YamlValue endpoint = map.find("endpoint")) {
      std::string text = endpoint.text();
      out.tls = text.starts_with("mllps://");
      const std::size_t scheme = out.tls ? 8 : text.starts_with("mllp://") ? 7 : 0;
      out.endpoint = text.substr(scheme);
      if (scheme == 0 || !is_address(out.endpoint))
        endpoint.complain("must be mllp://HOST:PORT or mllps://HOST:PORT");
      if (live() && !out.tls) endpoint.complain("must be mllps when environment is live");
    }
    out.version = map.text_or("version", out.version);
    out.character_set = map.text_or("character_set", "");
    out.latin1_is_windows1252 = map.boolean_or("latin1_is_windows1252", true);
    out.zone = map.text_or("zone", out.zone);
    if (const YamlValue id = map.find("destination")) out.destination = service_id(id);
    out.use_case = map.text_or("use_case", out.use_case);
    out.id_systems = names(map.find("id_systems"));
    out.code_systems = names(map.find("code_systems"));
    out.entries = names(map.find("entries"));
    for (NamePair& entry : out.entries) {
      if (entry.second == "none") entry.second.clear();
    }
    out.introduces = map.boolean_or("introduces", false);
    out.forms = forms(map.find("forms"));
    out.ca_file = file_or_empty(map, "ca");
    if (out.tls == out.ca_file.empty()) map.value().complain("an mllps endpoint and ca go together");
    return out;
  }

  void check_partner(const YamlValue& value, const Partner& partner) {
    const Receives& takes = partner.receives;
    const bool news = takes.acceptance || takes.cancellation || takes.onward;
    if (news && partner.role != PartnerRole::kPas)
      value.complain("receives what only a PAS is told: acceptance, cancellation, onward");
    const bool pushes = takes.referral || takes.communication || takes.escalation || news;
    const bool mllp = partner.hl7v2 && !partner.hl7v2->endpoint.empty();
    if (pushes && partner.endpoint.empty() && !mllp) value.complain("receives something and has no endpoint");
    if (takes.escalation && partner.endpoint.empty())
      value.complain("receives escalations, which go by FHIR alone, and has no endpoint");
    // One credential, one caller: two partners behind one secret could not be told apart.
    for (const Partner& other : config_.partners) {
      const std::string as = " as partner '" + other.name + "'";
      if (other.name == partner.name) value.complain("has the same name" + as);
      if (other.ods == partner.ods && other.role == partner.role)
        value.complain("has the same ods and role" + as);
      if (partner.service_id && other.service_id == partner.service_id) {
        value.complain("has the same service_id" + as);
      }
      if (!partner.token_sha256.empty() && other.token_sha256 == partner.token_sha256) {
        value.complain("has the same token" + as);
      }
      if (would_be_confused(partner, other))
        value.complain("has an HL7 v2 address and sender in common with partner '" + other.name + "'");
      if (!partner.certificate_sha256.empty() && other.certificate_sha256 == partner.certificate_sha256) {
        value.complain("has the same certificate" + as);
      }
    }
  }

  /// Whether a message from some address could be of either.
  static bool would_be_confused(const Partner& one, const Partner& other) {
    if (!one.hl7v2 || !other.hl7v2) return false;
    const auto overlap = [](const std::string& a, const std::string& b) {
      return a.empty() || b.empty() || a == b;
    };
    return overlap(one.hl7v2->application, other.hl7v2->application) &&
           overlap(one.hl7v2->facility, other.hl7v2->facility) &&
           std::ranges::find_first_of(one.hl7v2->addresses, other.hl7v2->addresses) !=
               one.hl7v2->addresses.end();
  }

  void read_routes(YamlMap map) {
    const YamlValue practices = map.find("practices");
    if (!practices) return;
    config_.default_practice_route = practices.text();
    const Partner* named = config_.partner(config_.default_practice_route);
    if (named == nullptr || !named->receives.communication)
      practices.complain("names no partner that receives communications");
  }

  void read_limits(YamlMap map) {
    Limits& out = config_.limits;
    {
      YamlMap message = map.find("message").map();
      if (const YamlValue bytes = message.find("max_bytes")) {
        const std::uint64_t size = bytes.size();
        if (size < 1024 || size > (std::uint64_t{1} << 30)) bytes.complain("must be from 1KiB to 1GiB");
        out.message.max_bytes = size;
      }
      out.message.max_depth = small(message, "max_depth", out.message.max_depth, 8, 512);
      out.message.max_nodes = small(message, "max_nodes", out.message.max_nodes, 1000, 20'000'000);
      out.message.max_members = small(message, "max_members", out.message.max_members, 100, 1'000'000);
    }
    out.max_connections = small(map, "connections", out.max_connections, 1, 100'000);
    out.max_requests_in_flight = small(map, "requests_in_flight", out.max_requests_in_flight, 1, 100'000);
    if (const YamlValue bytes = map.find("bytes_in_flight")) {
      out.max_bytes_in_flight = bytes.size();
      if (out.max_bytes_in_flight < out.message.max_bytes) bytes.complain("must hold at least one message");
    }
    out.handshake = positive(map, "handshake", out.handshake);
    out.header = positive(map, "header", out.header);
    out.body = positive(map, "body", out.body);
    out.idle = positive(map, "idle", out.idle);
    out.mllp_idle = positive(map, "mllp_idle", out.mllp_idle);
    out.answer = positive(map, "answer", out.answer);
    out.drain = positive(map, "drain", out.drain);
  }

  static std::uint32_t small(YamlMap& map, std::string_view key, std::uint32_t fallback, std::int64_t min,
                             std::int64_t max) {
    return static_cast<std::uint32_t>(map.integer_or(key, fallback, min, max));
  }
  static Milliseconds positive(YamlMap& map, std::string_view key, Milliseconds fallback) {
    const YamlValue value = map.find(key);
    if (!value) return fallback;
    const Milliseconds duration = value.duration();
    if (duration == Milliseconds(0)) value.complain("must be over 0");
    return duration;
  }

  static Term positive_term(YamlMap& map, std::string_view key, Term fallback) {
    const YamlValue value = map.find(key);
    if (!value) return fallback;
    const Term term = value.term();
    if (term.empty()) value.complain("must be over 0");
    return term;
  }
  /// To compare terms of both kinds.
  static Milliseconds at_least(const Term& term) {
    return term.elapsed + std::chrono::days(term.working_days);
  }

  void read_retry(YamlMap map) {
    RetryPolicy& out = config_.retry;
    out.first = positive(map, "first", out.first);
    if (const YamlValue factor = map.find("factor")) out.factor = factor.number(1.0, 10.0);
    out.max = positive(map, "max", out.max);
    if (out.max < out.first) map.value().complain("max is shorter than first");
    out.attempts = small(map, "attempts", out.attempts, 1, 1000);
    out.attempt_timeout = positive(map, "attempt_timeout", out.attempt_timeout);
    out.answer_deadline = positive(map, "answer_deadline", out.answer_deadline);
  }

  void read_deadlines(YamlMap map) {
    using std::chrono::days;
    using std::chrono::hours;
    using std::chrono::minutes;
    Deadlines& out = config_.deadlines;
    struct Row {
      std::string_view key;
      Deadlines::ByPriority& slot;
      Term routine;
      Term urgent;
    };
    const Row rows[] = {
        {"hub_acknowledges", out.hub_acknowledges, hours(4), hours(1)},
        {"reviewer_acts", out.reviewer_acts, days(1), hours(2)},
        {"person_confirms", out.person_confirms, minutes(30), minutes(30)},
        {"triage_decision", out.triage_decision, days(2), days(1)},
        {"information_given", out.information_given, days(14), days(2)},
        {"next_step_offered", out.next_step_offered, days(5), days(2)},
        {"offer_answered", out.offer_answered, days(5), days(2)},
        {"next_contact", out.next_contact, days(42), days(14)},
        {"letter_delivered", out.letter_delivered, days(1), days(1)},
    };
    for (const Row& row : rows) {
      YamlMap pair = map.find(row.key).map();
      row.slot.routine = positive_term(pair, "routine", row.routine);
      row.slot.urgent = positive_term(pair, "urgent", row.urgent);
      if (at_least(row.slot.urgent) > at_least(row.slot.routine))
        pair.value().complain("urgent is longer than routine");
    }
  }

  void read_rota(const YamlValue& value) {
    for (const YamlValue& item : value.list()) {
      YamlMap map = item.map();
      RotaStep step;
      step.role = map.text("role");
      const YamlValue partner = map.require("partner");
      step.partner = partner.text();
      step.after =
          std::chrono::duration_cast<std::chrono::minutes>(map.duration_or("after", Milliseconds(0)));
      const Partner* named = config_.partner(step.partner);
      if (!step.partner.empty() && named == nullptr) {
        partner.complain("names no partner");
      } else if (named != nullptr && !named->receives.escalation) {
        partner.complain("names a partner that does not receive escalations");
      }
      if (!config_.rota.empty() && step.after <= config_.rota.back().after) {
        item.complain("must come later than the step before it");
      }
      config_.rota.push_back(std::move(step));
    }
    if (value && value.list().empty())
      value.complain("needs at least one step: a red flag must reach a person");
    if (!config_.rota.empty() && config_.rota.front().after != std::chrono::minutes(0)) {
      value.complain("the first step must come at once, after 0m");
    }
  }

  Config& config_;
  std::filesystem::path folder_;
};

}  // namespace

ConfigOutcome parse_config(std::string_view text, std::string name, const std::string& folder) {
  ConfigOutcome outcome;
  const auto file = parse_yaml(text, std::move(name), outcome.issues);
  if (!file) return outcome;
  auto config = std::make_shared<Config>();
  ConfigReader(*config, folder).read(root_map(*file, outcome.issues));
  if (!outcome.issues.has_error()) outcome.config = std::move(config);
  return outcome;
}

fhir::Result<ConfigOutcome> load_config_file(const std::string& path) {
  LIGAMENT_TRY(const std::string text, read_text_file(path, YamlLimits{}.max_bytes));
  return parse_config(text, path, std::filesystem::path(path).parent_path().string());
}

}  // namespace gateway::config
