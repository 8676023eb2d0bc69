#include "mappings/convert/outward_names.hpp"

#include <algorithm>
#include <array>
#include <cctype>

namespace mappings::convert {
namespace {

constexpr std::string_view kTable = "http://terminology.hl7.org/CodeSystem/v2-";

std::optional<std::string> given(std::string text) {
  return text.empty() ? std::nullopt : std::optional<std::string>(std::move(text));
}

const std::string* name_of(const std::vector<NamePair>& pairs, std::string_view meaning) {
  const auto found = std::ranges::find(pairs, meaning, &NamePair::second);
  return found == pairs.end() ? nullptr : &found->first;
}

int digit(char c) noexcept {
  if (c >= '0' && c <= '9') return c - '0';
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/// What %XX stands for; other text as it is.
std::string unescaped(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const bool pair =
        text[at] == '%' && at + 2 < text.size() && digit(text[at + 1]) >= 0 && digit(text[at + 2]) >= 0;
    out.push_back(pair ? static_cast<char>(digit(text[at + 1]) * 16 + digit(text[at + 2])) : text[at]);
    if (pair) at += 2;
  }
  return out;
}

}  // namespace

/// The name under which the partner itself gave a number; empty for the one it has without a name. Nothing
/// when the system is not of this partner.
std::optional<std::string> OutwardNames::own_name(std::string_view system) const {
  if (!system.starts_with(kSourceSystem)) return std::nullopt;
  system.remove_prefix(kSourceSystem.size());
  const std::size_t slash = std::min(system.find('/'), system.size());
  const std::string_view partner =
      manifest_.partner.empty() ? std::string_view("unknown") : manifest_.partner;
  if (unescaped(system.substr(0, slash)) != partner) return std::nullopt;
  return slash == system.size() ? std::string() : unescaped(system.substr(slash + 1));
}

std::string OutwardNames::id_name(std::string_view system) const {
  if (const std::string* known = name_of(manifest_.id_systems, system)) return *known;
  if (const auto known = common_.id_names.find(std::string(system)); known != common_.id_names.end())
    return known->second;
  return own_name(system).value_or(std::string());
}

std::string OutwardNames::id_uri(std::string_view system) const {
  const bool named = !id_name(system).empty() || own_name(system).has_value();
  return named ? std::string() : std::string(system);
}

std::string OutwardNames::code_name(std::string_view system) const {
  if (const std::string* known = name_of(manifest_.code_systems, system)) return *known;
  if (const auto known = common_.code_names.find(std::string(system)); known != common_.code_names.end())
    return known->second;
  if (system.starts_with(kTable)) return std::string("HL7").append(system.substr(kTable.size()));
  return own_name(system).value_or(std::string(system));
}

std::optional<std::string> OutwardNames::envelope(std::string_view kind) const {
  const Outgoing& out = manifest_.outgoing;
  if (kind == "control-id") return given(envelope_.control_id);
  if (kind == "processing") return given(envelope_.processing);
  if (kind == "character-set") return given(envelope_.character_set);
  if (kind == "version") return given(out.version);
  if (kind == "zone") return given(manifest_.zone);
  if (kind == "sending-application") return given(out.sending_application);
  if (kind == "sending-facility") return given(out.sending_facility);
  if (kind == "receiving-application") return given(out.receiving_application);
  if (kind == "receiving-facility")
    return given(out.receiving_facility.empty() ? manifest_.ods : out.receiving_facility);
  return std::nullopt;
}

std::optional<std::string> OutwardNames::find(std::string_view kind, std::string_view key) const {
  if (kind == "id-name") return given(id_name(key));
  if (kind == "id-uri") return given(id_uri(key));
  if (kind == "code-name") return given(code_name(key));
  if (kind == "content-subtype") {
    const std::string_view media = key.substr(0, key.find(';'));
    if (const auto known = common_.content_subtypes.find(std::string(media));
        known != common_.content_subtypes.end())
      return known->second;
    std::string subtype(media.substr(std::min(media.find('/') + 1, media.size())));
    std::ranges::transform(subtype, subtype.begin(), [](unsigned char c) { return std::toupper(c); });
    return given(std::move(subtype));
  }
  return envelope(kind);
}

}  // namespace mappings::convert
