#include "fhir/patch/json_pointer.hpp"

#include <charconv>

namespace fhir::patch {

namespace {

std::optional<std::string> unescaped(std::string_view token) {
  std::string out;
  for (std::size_t at = 0; at < token.size(); ++at) {
    if (token[at] != '~') {
      out.push_back(token[at]);
    } else if (++at < token.size() && (token[at] == '0' || token[at] == '1')) {
      out.push_back(token[at] == '0' ? '~' : '/');
    } else {
      return std::nullopt;
    }
  }
  return out;
}

}  // namespace

std::optional<JsonPointer> parse_pointer(std::string_view text) {
  JsonPointer pointer;
  while (!text.empty()) {
    if (text.front() != '/') return std::nullopt;
    text.remove_prefix(1);
    const std::string_view token = text.substr(0, text.find('/'));
    auto plain = unescaped(token);
    if (!plain) return std::nullopt;
    pointer.push_back(std::move(*plain));
    text.remove_prefix(token.size());
  }
  return pointer;
}

std::optional<std::size_t> array_index(std::string_view token, std::size_t size) {
  if (token.empty() || (token.size() > 1 && token.front() == '0')) return std::nullopt;
  std::size_t index = 0;
  const auto [end, error] = std::from_chars(token.data(), token.data() + token.size(), index);
  if (error != std::errc() || end != token.data() + token.size() || index >= size) return std::nullopt;
  return index;
}

JsonValue* find(JsonValue& document, const JsonPointer& pointer, std::size_t depth) {
  JsonValue* at = &document;
  for (std::size_t step = 0; step < depth && at != nullptr; ++step) {
    if (at->kind == JsonValue::Kind::kObject) {
      at = at->member(pointer[step]);
    } else if (at->kind == JsonValue::Kind::kArray) {
      const auto index = array_index(pointer[step], at->items.size());
      at = index ? &at->items[*index] : nullptr;
    } else {
      at = nullptr;
    }
  }
  return at;
}

}  // namespace fhir::patch
