#include "mappings/convert/partner_names.hpp"

#include <algorithm>
#include <array>
#include <cctype>

namespace mappings::convert {
namespace {

using fhir::tree::Node;

constexpr std::string_view kNhsNumber = "https://fhir.nhs.uk/Id/nhs-number";
constexpr std::string_view kNhsNumberOid = "2.16.840.1.113883.2.1.4.1";
constexpr std::string_view kSnomed = "http://snomed.info/sct";
constexpr std::string_view kLoinc = "http://loinc.org";

bool is_digit(char c) noexcept {
  return c >= '0' && c <= '9';
}
bool is_upper(char c) noexcept {
  return c >= 'A' && c <= 'Z';
}

std::string upper(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(),
                         [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
  return out;
}

std::string lower(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(),
                         [](char c) { return is_upper(c) ? static_cast<char>(c - 'A' + 'a') : c; });
  return out;
}

bool is_oid(std::string_view text) {
  return text.find('.') != std::string_view::npos && is_digit(text.front()) &&
         std::ranges::all_of(text, [](char c) { return is_digit(c) || c == '.'; });
}

/// Text as part of a URL: what is not unreserved (RFC 3986) as %XX.
void append_escaped(std::string& out, std::string_view text) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (is_digit(c) || is_upper(c) || (c >= 'a' && c <= 'z') || c == '-' || c == '.' || c == '_' ||
        c == '~') {
      out.push_back(c);
    } else {
      out.append({'%', kHex[byte >> 4u], kHex[byte & 15u]});
    }
  }
}

/// The part of `key` up to the next bar, which is taken off.
std::string_view take(std::string_view& key) {
  const std::size_t bar = key.find('|');
  const std::string_view part = key.substr(0, bar);
  key = bar == std::string_view::npos ? std::string_view() : key.substr(bar + 1);
  return part;
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ')
    text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ')
    text.remove_suffix(1);
  return text;
}

const std::string* find_pair(const std::vector<NamePair>& pairs, std::string_view name) {
  const auto found = std::ranges::find(pairs, name, &NamePair::first);
  return found == pairs.end() ? nullptr : &found->second;
}

const std::string* find_name(const std::unordered_map<std::string, std::string>& names,
                             std::string_view name) {
  const auto found = names.find(upper(name));
  return found == names.end() ? nullptr : &found->second;
}

/// `application@facility` of MSH-3 and MSH-4, or MSH-5 and MSH-6.
std::string application_endpoint(Node application, Node facility) {
  std::string out(kApplicationSystem);
  out.append("|");
  append_escaped(out, application.child("c1").text());
  if (const std::string_view name = facility.child("c1").text(); !name.empty()) {
    out.append("@");
    append_escaped(out, name);
  }
  return out.ends_with('|') ? out.append("unknown") : out;
}

/// The number of kind DOS of the provider that is asked.
std::string_view service_asked(Node message) {
  for (const Node contact : message.children("PROVIDER_CONTACT")) {
    const Node prd = contact.child("PRD");
    if (prd.at("PRD_1", "c1").text() != "RT") continue;
    for (const Node number : prd.children("PRD_7")) {
      if (number.at("c2", "s1").text() == "DOS") return number.child("c1").text();
    }
  }
  return {};
}

/// `HL70001`, and what senders make of it: the zero left out.
std::string hl7_table(std::string_view name) {
  const std::string_view number = name.substr(3);
  if (number.empty() || number.size() > 4 || !std::ranges::all_of(number, is_digit)) return {};
  std::string out = "http://terminology.hl7.org/CodeSystem/v2-";
  return out.append(4 - number.size(), '0').append(number);
}

std::optional<std::string> find_in(const std::unordered_map<std::string, std::string>& names,
                                   std::string_view name) {
  const auto found = names.find(std::string(name));
  return found == names.end() ? std::nullopt : std::optional<std::string>(found->second);
}

/// Units depend on what is measured.
void add_vital_signs(CommonNames& names, Node concept_map) {
  for (const Node group : concept_map.children("group")) {
    for (const Node element : group.children("element")) {
      const std::string_view name = element.child("code").text();
      for (const Node target : element.children("target")) {
        const std::string meaning(target.child("code").text());
        const std::string_view sign = target.at("dependsOn", "value").text();
        if (sign.empty()) {
          names.vital_signs.insert_or_assign(std::string(name), meaning);
        } else {
          names.vital_units.insert_or_assign(upper(name).append("|").append(sign), meaning);
        }
      }
    }
  }
}

}  // namespace

void add_names(CommonNames& names, Node concept_map) {
  const std::string_view id = concept_map.child("id").text();
  if (id == "hl7v2-vital-sign" || id == "hl7v2-vital-unit") return add_vital_signs(names, concept_map);
  auto* into = id == "hl7v2-code-system"         ? &names.code_systems
               : id == "hl7v2-identifier-system" ? &names.id_systems
               : id == "hl7v2-content-type"      ? &names.content_types
               : id == "hl7v2-language"          ? &names.languages
                                                 : nullptr;
  if (into == nullptr) return;
  std::unordered_map<std::string, std::string> unused;
  auto& back = into == &names.code_systems    ? names.code_names
               : into == &names.id_systems    ? names.id_names
               : into == &names.content_types ? names.content_subtypes
                                              : unused;
  for (const Node group : concept_map.children("group")) {
    for (const Node element : group.children("element")) {
      const std::string_view name = element.child("code").text();
      const std::string_view meaning = element.at("target", "code").text();
      into->insert_or_assign(upper(name), std::string(meaning));
      back.emplace(meaning, name);
    }
  }
}

PartnerNames::PartnerNames(const CommonNames& common, const Manifest& manifest, Node message)
    : common_(common), manifest_(manifest) {
  const Node msh = message.child("MSH");
  sender_ = manifest.ods.empty() ? msh.at("MSH_4", "c1").text() : std::string_view(manifest.ods);
  receiver_ =
      manifest.receiver_ods.empty() ? msh.at("MSH_6", "c1").text() : std::string_view(manifest.receiver_ods);
  source_endpoint_ = manifest.source_endpoint.empty()
                         ? application_endpoint(msh.child("MSH_3"), msh.child("MSH_4"))
                         : manifest.source_endpoint;
  for (const Node pd1 : {message.child("PD1"), message.at("PATIENT", "PD1")}) {
    for (const Node practice : pd1.children("PD1_3")) {
      practices_.push_back(practice.child("c3").text());
      practices_.push_back(practice.child("c10").text());
    }
    for (const Node doctor : pd1.children("PD1_4"))
      doctors_.push_back(doctor.child("c1").text());
  }
  const std::string_view service = service_asked(message);
  if (!service.empty()) {
    destination_endpoint_ = "https://fhir.nhs.uk/Id/dos-service-id|";
    append_escaped(destination_endpoint_, service);
  } else if (!manifest.destination_endpoint.empty()) {
    destination_endpoint_ = manifest.destination_endpoint;
  } else {
    destination_endpoint_ = application_endpoint(msh.child("MSH_5"), msh.child("MSH_6"));
  }
}

/// Whether a question of the kinds `is-` and `unlisted-` is answered with no.
bool PartnerNames::is_listed(std::string_view kind, std::string_view key) const {
  if (kind == "is-sender") return key != sender_;
  if (kind == "is-receiver") return key != receiver_;
  if (kind == "unlisted-doctor") return std::ranges::find(doctors_, key) != doctors_.end();
  if (key == sender_ || key == receiver_) return true;
  return kind == "unlisted-provider" && std::ranges::find(practices_, key) != practices_.end();
}

std::optional<std::string> PartnerNames::find(std::string_view kind, std::string_view key) const {
  const auto given = [](std::string text) {
    return text.empty() ? std::nullopt : std::optional<std::string>(std::move(text));
  };
  if (kind == "sender") return given(sender_);
  if (kind == "receiver") return given(receiver_);
  if (kind == "sender-name") return given(manifest_.organisation);
  if (kind == "source-endpoint") return given(source_endpoint_);
  if (kind == "destination-endpoint") return given(destination_endpoint_);
  if (kind == "use-case") return given(manifest_.use_case);
  if (kind == "code-system") return given(code_system(key));
  if (kind == "patient-system") return given(patient_system(key));
  if (kind == "person-system") return given(person_system(key));
  if (kind == "organisation-system") return given(organisation_system(key));
  if (kind == "content-type") return given(content_type(key));
  if (kind == "coding-system") {
    const std::string_view name = take(key);
    return given(coding_system(name, trimmed(key)));
  }
  if (kind == "other-name") {
    const std::string_view name = take(key);
    const std::string_view code = trimmed(take(key));
    return is_other_name(name, code, key) ? given("yes") : std::nullopt;
  }
  if (kind == "table-code") {
    const std::string_view name = take(key);
    return common_.tables->may_hold(code_system(name), key) ? given(std::string(key)) : std::nullopt;
  }
  if (kind == "language") return given(language(key));
  if (kind == "vital-code") return find_in(common_.vital_signs, key);
  if (kind == "vital-sign") return given(vital_sign(key));
  if (kind == "vital-unit") return given(vital_unit(key));
  if (kind.starts_with("is-") || kind.starts_with("unlisted-"))
    return is_listed(kind, key) ? std::nullopt : given(std::string(key));
  if (kind == "id-system") {
    const std::string_view name = take(key);
    return given(id_system(name, key));
  }
  return std::nullopt;
}

std::string PartnerNames::own_system(std::string_view name) const {
  std::string out(kSourceSystem);
  append_escaped(out, manifest_.partner.empty() ? std::string_view("unknown") : manifest_.partner);
  if (!name.empty()) {
    out.append("/");
    append_escaped(out, name);
  }
  return out;
}

std::string PartnerNames::code_system(std::string_view name) const {
  if (const std::string* known = find_pair(manifest_.code_systems, name)) return *known;
  if (const std::string* known = find_name(common_.code_systems, name)) return *known;
  if (name.starts_with("HL7") || name.starts_with("Hl7")) {
    if (std::string table = hl7_table(name); !table.empty()) return table;
  }
  if (name.starts_with("http://") || name.starts_with("https://") || name.starts_with("urn:")) {
    return name.find_first_of(" \t\r\n") == std::string_view::npos ? std::string(name) : own_system(name);
  }
  if (!name.empty() && is_oid(name)) return std::string("urn:oid:").append(name);
  return own_system(name);
}

/// As code_system(), but a code that the table of HL7 has not is one of the sender's own.
std::string PartnerNames::coding_system(std::string_view name, std::string_view code) const {
  std::string system = code_system(name);
  return common_.tables->may_hold(system, code) ? system : own_system(name);
}

/// Treatment functions have names too; they are not here to be compared with.
bool PartnerNames::is_other_name(std::string_view name, std::string_view code,
                                 std::string_view display) const {
  if (name.empty() || name == "SCT" || name == "LN") return false;
  const std::string system = code_system(name);
  return system.starts_with("https://fhir.hl7.org.uk/CodeSystem/") ||
         common_.tables->calls_otherwise(system, code, display);
}

std::string PartnerNames::id_system(std::string_view name, std::string_view universal_id) const {
  if (const std::string* known = find_pair(manifest_.id_systems, name)) return *known;
  if (const std::string* known = find_name(common_.id_systems, name)) return *known;
  if (universal_id == kNhsNumberOid) return std::string(kNhsNumber);
  if (!universal_id.empty() && is_oid(universal_id)) return std::string("urn:oid:").append(universal_id);
  const bool uri = universal_id.starts_with("http://") || universal_id.starts_with("https://") ||
                   universal_id.starts_with("urn:");
  if (name.empty() && uri && universal_id.find_first_of(" \t\r\n") == std::string_view::npos)
    return std::string(universal_id);
  return own_system(name.empty() ? universal_id : name);
}

std::string PartnerNames::patient_system(std::string_view key) const {
  const std::string_view authority = take(key);
  const std::string_view universal_id = take(key);
  const std::string_view type = take(key);
  std::string system = id_system(authority, universal_id);
  if (system == kNhsNumber || type == "NHS" || type == "NH") return std::string(kNhsNumber);
  // A national number without an authority, as some send it with the trace status beside it.
  const bool ten_digits = std::ranges::count_if(key, is_digit) == 10;
  if (type == "NI" && authority.empty() && universal_id.empty() && ten_digits) return std::string(kNhsNumber);
  return system;
}

std::string PartnerNames::person_system(std::string_view key) const {
  const std::string_view number = take(key);
  const std::string_view authority = take(key);
  for (const std::string_view name : {authority, key}) {
    if (name.empty()) continue;
    if (const std::string* known = find_pair(manifest_.id_systems, name)) return *known;
    if (const std::string* known = find_name(common_.id_systems, name)) return *known;
  }
  const bool general_practitioner =
      number.size() == 8 && number[0] == 'G' && std::ranges::all_of(number.substr(1), is_digit);
  if (general_practitioner) return "https://fhir.hl7.org.uk/Id/gmp-number";
  return own_system(authority);
}

std::string PartnerNames::organisation_system(std::string_view code) const {
  const bool ods = code.size() >= 3 && code.size() <= 10 &&
                   std::ranges::all_of(code, [](char c) { return is_digit(c) || is_upper(c); });
  return ods ? "https://fhir.nhs.uk/Id/ods-organization-code" : own_system({});
}

/// Codes of a partner's own mean what the partner says; those of ISO 639 and HL7 table 0296 are languages.
/// Two letters that are said to be of ISO 639 are believed.
std::string PartnerNames::language(std::string_view key) const {
  while (!key.empty()) {
    const std::string system = upper(take(key));
    const std::string_view code = take(key);
    const bool iso = system.starts_with("ISO639") || system.starts_with("ISO 639");
    if (!iso && !system.empty() && system != "HL70296") continue;
    if (const std::string* known = find_name(common_.languages, code)) return *known;
    if (iso && code.size() == 2 && std::ranges::all_of(upper(code), is_upper)) return lower(code);
  }
  return {};
}

std::string PartnerNames::vital_sign(std::string_view key) const {
  while (!key.empty()) {
    const std::string_view system = take(key);
    const auto found = common_.vital_signs.find(std::string(take(key)));
    if (found == common_.vital_signs.end()) continue;
    const std::string uri = code_system(system);
    if (uri == kSnomed || uri == kLoinc) return found->second;
  }
  return {};
}

std::string PartnerNames::vital_unit(std::string_view key) const {
  const std::string_view sign = take(key);
  while (!key.empty()) {
    const auto found = common_.vital_units.find(upper(take(key)).append("|").append(sign));
    if (found != common_.vital_units.end()) return found->second;
  }
  return {};
}

std::string PartnerNames::content_type(std::string_view key) const {
  const std::string_view type = take(key);
  const std::string_view subtype = take(key);
  if (const std::string* known = find_name(common_.content_types, subtype)) return *known;
  static constexpr auto kBeginnings = std::to_array<std::pair<std::string_view, std::string_view>>({
      {"JVBER", "application/pdf"},
      {"/9j/", "image/jpeg"},
      {"iVBOR", "image/png"},
      {"R0lGOD", "image/gif"},
      {"SUkqA", "image/tiff"},
      {"TU0AK", "image/tiff"},
      {"e1xydG", "application/rtf"},
      {"PCFET0", "text/html"},
      {"PGh0bW", "text/html"},
      {"PD94bW", "application/xml"},
      {"0M8R4K", "application/msword"},
      {"UEsDB", "application/zip"},
  });
  for (const auto& [beginning, media] : kBeginnings) {
    if (key.starts_with(beginning)) return std::string(media);
  }
  if (const std::string* known = find_name(common_.content_types, type)) return *known;
  return "application/octet-stream";
}

}  // namespace mappings::convert
