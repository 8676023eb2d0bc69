#include "fhir/validate/primitive_check.hpp"

#include <algorithm>
#include <charconv>

#include "fhir/definitions/well_known.hpp"
#include "fhir/validate/primitives.hpp"

namespace fhir::validate {
namespace {

using tree::Node;

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
bool is_word(char c) {
  return is_letter(c) || (c >= '0' && c <= '9') || c == '_';
}
bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

bool is_tag(std::string_view inside) {
  if (inside.starts_with('/')) inside.remove_prefix(1);
  if (inside.ends_with('/')) inside.remove_suffix(1);
  if (inside.empty() || !is_letter(inside[0])) return false;
  const std::size_t end =
      static_cast<std::size_t>(std::find_if_not(inside.begin(), inside.end(), is_word) - inside.begin());
  return end == inside.size() || is_space(inside[end]);
}

/// Bytes that a base64 text stands for; nothing when it is malformed, which is said elsewhere.
std::size_t decoded_bytes(std::string_view text) {
  std::size_t digits = 0;
  for (const char c : text)
    digits += static_cast<std::size_t>(!is_space(c) && c != '=');
  return digits * 3 / 4;
}

/// Definitions speak of mark-up as of other things.
bool is_definition(std::string_view type) noexcept {
  return type == "StructureDefinition" || type == "CodeSystem" || type == "ValueSet" ||
         type == "ConceptMap" || type == "OperationDefinition" || type == "SearchParameter";
}

}  // namespace

bool is_absolute_uri(std::string_view uri) noexcept {
  const std::size_t colon = uri.find_first_of(":/?#");
  return colon != std::string_view::npos && colon > 0 && uri[colon] == ':' && colon + 1 < uri.size();
}

bool looks_like_html(std::string_view text) noexcept {
  for (std::size_t open = text.find('<'); open != std::string_view::npos; open = text.find('<', open + 1)) {
    const std::size_t close = text.find('>', open);
    if (close == std::string_view::npos) return false;
    const std::string_view inside = text.substr(open + 1, close - open - 1);
    if (inside.find('<') == std::string_view::npos && is_tag(inside)) return true;
  }
  return false;
}

void PrimitiveCheck::check(Node node, const tree::TypeRow& row) {
  const std::string_view text = node.text();
  const definitions::Definitions& definitions = walk_.shared().definitions;
  if (!has_form(row.type, text)) {
    const bool attached = row.type == definitions::kBase64Binary && node.parent().type() == "Attachment";
    walk_.findings().error(attached ? node.parent() : node, IssueType::kValue,
                           {definitions.table.name(row.name), " ", form_of(row.type)});
    return;
  }
  if (row.type != definitions::kString && row.type != definitions::kMarkdown) return;
  if (is_space(text.front()) || is_space(text.back()))
    walk_.findings().warning(node, IssueType::kInvalid, {"the text starts or ends with whitespace"});
  if (text.find('<') == std::string_view::npos || !looks_like_html(text)) return;
  const bool error = walk_.shared().options.security_checks && row.type == definitions::kString &&
                     !is_definition(walk_.resource().type());
  walk_.findings().add(node, error ? Severity::kError : Severity::kWarning, IssueType::kSecurity,
                       {"the text holds what looks like HTML tags"});
}

void PrimitiveCheck::check_identifier(Node identifier) {
  const Node system = identifier.child("system");
  if (!system.has_value()) return;
  if (!is_absolute_uri(system.text())) {
    walk_.findings().error(identifier, IssueType::kCodeInvalid,
                           {"the system of an identifier is an absolute URI"});
    return;
  }
  const Node value = identifier.child("value");
  if (system.text() == "urn:ietf:rfc:3986" && value.has_value() && !is_absolute_uri(value.text())) {
    walk_.findings().warning(identifier, IssueType::kCodeInvalid,
                             {"by its system the value is an absolute URI"});
  }
}

void PrimitiveCheck::check_attachment(Node attachment) {
  const Node size = attachment.child("size");
  const Node data = attachment.child("data");
  if (!size.has_value() || !data.has_value() || !has_form(definitions::kBase64Binary, data.text())) return;
  std::size_t stated = 0;
  const std::string_view digits = size.text();
  if (std::from_chars(digits.data(), digits.data() + digits.size(), stated).ec != std::errc()) return;
  if (stated != decoded_bytes(data.text()))
    walk_.findings().error(attachment, IssueType::kStructure, {"the size stated is not that of the data"});
}

}  // namespace fhir::validate
