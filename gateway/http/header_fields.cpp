#include "gateway/http/header_fields.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <stdexcept>

namespace gateway::http {
namespace {

constexpr bool is_alphanumeric(char c) {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

constexpr char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

constexpr std::array<bool, 256> kTokenCharacters = [] {
  std::array<bool, 256> table{};
  for (std::size_t byte = 0; byte < 128; ++byte)
    table[byte] = is_alphanumeric(static_cast<char>(byte));
  for (const char c : std::string_view("!#$%&'*+-.^_`|~"))
    table[static_cast<unsigned char>(c)] = true;
  return table;
}();

bool is_token_character(char c) {
  return kTokenCharacters[static_cast<unsigned char>(c)];
}

}  // namespace

bool is_token(std::string_view text) noexcept {
  return !text.empty() && std::all_of(text.begin(), text.end(), is_token_character);
}

bool is_field_value(std::string_view text) noexcept {
  if (trimmed(text).size() != text.size()) return false;
  // To the end without a branch: most values are good.
  unsigned bad = 0;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    bad |= static_cast<unsigned>(byte < 0x20) & static_cast<unsigned>(byte != '\t');
    bad |= static_cast<unsigned>(byte == 0x7F);
  }
  return bad == 0;
}

bool equals_ignoring_case(std::string_view a, std::string_view b) noexcept {
  return a.size() == b.size() &&
         std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) { return lower(x) == lower(y); });
}

std::string_view trimmed(std::string_view text) noexcept {
  const auto blank = [](char c) { return c == ' ' || c == '\t'; };
  while (!text.empty() && blank(text.front()))
    text.remove_prefix(1);
  while (!text.empty() && blank(text.back()))
    text.remove_suffix(1);
  return text;
}

void HeaderFields::append(std::string_view name, std::string_view value) {
  const auto at = static_cast<std::uint32_t>(text_.size());
  text_.append(name).append(value);
  const auto name_size = static_cast<std::uint32_t>(name.size());
  slots_.push_back({at, name_size, at + name_size, static_cast<std::uint32_t>(value.size())});
}

fhir::Status HeaderFields::try_add(std::string_view name, std::string_view value) {
  if (!is_token(name))
    return fhir::fail(fhir::ErrorCode::kInvalidRequest, "a header field name is not a token");
  if (!is_field_value(value)) {
    return fhir::fail(fhir::ErrorCode::kInvalidRequest, "a header field value has a control character");
  }
  if (slots_.size() >= kMaxFields) return fhir::fail(fhir::ErrorCode::kTooLarge, "too many header fields");
  if (name.size() + value.size() > kMaxBytes - std::min(kMaxBytes, text_.size())) {
    return fhir::fail(fhir::ErrorCode::kTooLarge, "the header fields are too long");
  }
  append(name, value);
  return {};
}

void HeaderFields::add(std::string_view name, std::string_view value) {
  const fhir::Status added = try_add(name, value);
  if (!added.has_value()) throw std::invalid_argument(added.error().detail);
}

void HeaderFields::set(std::string_view name, std::string_view value) {
  remove(name);
  add(name, value);
}

void HeaderFields::remove(std::string_view name) {
  std::erase_if(slots_, [&](const Slot& slot) {
    return equals_ignoring_case(std::string_view(text_).substr(slot.name_at, slot.name_size), name);
  });
}

std::optional<std::string_view> HeaderFields::find(std::string_view name) const noexcept {
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    const Field field = at(i);
    if (equals_ignoring_case(field.name, name)) return field.value;
  }
  return std::nullopt;
}

std::size_t HeaderFields::count(std::string_view name) const noexcept {
  std::size_t found = 0;
  for (std::size_t i = 0; i < slots_.size(); ++i)
    found += equals_ignoring_case(at(i).name, name) ? 1u : 0u;
  return found;
}

std::vector<std::string_view> HeaderFields::all(std::string_view name) const {
  std::vector<std::string_view> values;
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    if (equals_ignoring_case(at(i).name, name)) values.push_back(at(i).value);
  }
  return values;
}

Field HeaderFields::at(std::size_t index) const noexcept {
  const Slot& slot = slots_[index];
  const char* text = text_.data();
  return {{text + slot.name_at, slot.name_size}, {text + slot.value_at, slot.value_size}};
}

void HeaderFields::reserve(std::size_t fields, std::size_t bytes) {
  slots_.reserve(fields);
  text_.reserve(bytes);
}

bool has_list_token(const HeaderFields& fields, std::string_view name, std::string_view token) {
  for (std::string_view value : fields.all(name)) {
    while (true) {
      const std::size_t comma = value.find(',');
      if (equals_ignoring_case(trimmed(value.substr(0, comma)), token)) return true;
      if (comma == std::string_view::npos) break;
      value.remove_prefix(comma + 1);
    }
  }
  return false;
}

}  // namespace gateway::http
