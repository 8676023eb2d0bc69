#include "fhir/patch/json_value.hpp"

#include <algorithm>
#include <array>
#include <rapidjson/memorystream.h>
#include <rapidjson/reader.h>
#include <utility>

#include "fhir/patch/number_text.hpp"

namespace fhir::patch {

namespace {

using Kind = JsonValue::Kind;

/// Receives the events of RapidJSON; its names are RapidJSON's.
class Assembler {
 public:
  explicit Assembler(std::size_t max_values) : max_values_(max_values) {}

  bool Null() { return put({}); }
  bool Bool(bool value) { return put(scalar(value ? Kind::kTrue : Kind::kFalse)); }
  bool RawNumber(const char* text, unsigned length, bool /*copy*/) {
    return put(scalar(Kind::kNumber, {text, length}));
  }
  bool String(const char* text, unsigned length, bool /*copy*/) {
    return put(scalar(Kind::kString, {text, length}));
  }
  bool StartObject() { return open(Kind::kObject); }
  bool Key(const char* text, unsigned length, bool /*copy*/) {
    key_.assign(text, length);
    return true;
  }
  bool EndObject(unsigned /*members*/) { return close(); }
  bool StartArray() { return open(Kind::kArray); }
  bool EndArray(unsigned /*items*/) { return close(); }
  // Never sent: numbers come as text.
  bool Int(int /*value*/) { return false; }
  bool Uint(unsigned /*value*/) { return false; }
  bool Int64(std::int64_t /*value*/) { return false; }
  bool Uint64(std::uint64_t /*value*/) { return false; }
  bool Double(double /*value*/) { return false; }

  [[nodiscard]] bool too_large() const { return too_large_; }
  [[nodiscard]] JsonValue take() { return std::move(root_); }

 private:
  struct Open {
    JsonValue value;
    std::string key;  ///< Under which it goes into the value around it.
  };

  static JsonValue scalar(Kind kind, std::string_view text = {}) {
    JsonValue value;
    value.kind = kind;
    value.text = text;
    return value;
  }

  bool counted() {
    too_large_ = too_large_ || ++values_ > max_values_ || open_.size() > kMaxJsonDepth;
    return !too_large_;
  }

  bool open(Kind kind) {
    open_.push_back({scalar(kind), std::move(key_)});
    key_.clear();
    return counted();
  }

  bool close() {
    Open last = std::move(open_.back());
    open_.pop_back();
    if (last.value.kind == Kind::kObject && has_duplicates(last.value)) return false;
    key_ = std::move(last.key);
    --values_;  // it was counted when it was opened
    return put(std::move(last.value));
  }

  static bool has_duplicates(const JsonValue& object) {
    std::vector<std::string_view> names;
    names.reserve(object.members.size());
    for (const auto& [name, value] : object.members)
      names.push_back(name);
    std::sort(names.begin(), names.end());
    return std::adjacent_find(names.begin(), names.end()) != names.end();
  }

  bool put(JsonValue value) {
    if (!counted()) return false;
    if (open_.empty()) {
      root_ = std::move(value);
    } else if (open_.back().value.kind == Kind::kArray) {
      open_.back().value.items.push_back(std::move(value));
    } else {
      open_.back().value.members.push_back({std::move(key_), std::move(value)});
      key_.clear();
    }
    return true;
  }

  std::size_t max_values_;
  std::size_t values_ = 0;
  bool too_large_ = false;
  std::vector<Open> open_;
  std::string key_;
  JsonValue root_;
};

void append_string(std::string& out, std::string_view text) {
  constexpr std::string_view kHex = "0123456789abcdef";
  out.push_back('"');
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out.push_back('\\');
      out.push_back(c);
    } else if (byte < 0x20) {
      out.append("\\u00").push_back(kHex[byte >> 4u]);
      out.push_back(kHex[byte & 15u]);
    } else {
      out.push_back(c);
    }
  }
  out.push_back('"');
}

// Recursion below is bounded by kMaxJsonDepth, which every operation keeps.
void append(std::string& out, const JsonValue& value) {
  switch (value.kind) {
    case Kind::kNull: out.append("null"); return;
    case Kind::kFalse: out.append("false"); return;
    case Kind::kTrue: out.append("true"); return;
    case Kind::kNumber: out.append(value.text); return;
    case Kind::kString: append_string(out, value.text); return;
    case Kind::kArray:
      out.push_back('[');
      for (const JsonValue& item : value.items) {
        if (&item != value.items.data()) out.push_back(',');
        append(out, item);
      }
      out.push_back(']');
      return;
    case Kind::kObject:
      out.push_back('{');
      for (const JsonMember& member : value.members) {
        if (&member != value.members.data()) out.push_back(',');
        append_string(out, member.name);
        out.push_back(':');
        append(out, member.value);
      }
      out.push_back('}');
      return;
  }
}

bool gone(const JsonValue& value) {
  return value.emptied && value.items.empty() && value.members.empty();
}

}  // namespace

const JsonValue* JsonValue::member(std::string_view name) const {
  const auto found = std::find_if(members.begin(), members.end(),
                                  [name](const JsonMember& one) { return one.name == name; });
  return found == members.end() ? nullptr : &found->value;
}

JsonValue* JsonValue::member(std::string_view name) {
  return const_cast<JsonValue*>(
      std::as_const(*this).member(name));  // NOLINT(*-const-cast): the object is ours
}

std::size_t count_values(const JsonValue& value) {
  std::size_t count = 1;
  for (const JsonValue& item : value.items)
    count += count_values(item);
  for (const auto& [name, item] : value.members)
    count += count_values(item);
  return count;
}

bool equal(const JsonValue& a, const JsonValue& b) {
  if (a.kind != b.kind) return false;
  switch (a.kind) {
    case Kind::kNumber: return same_number(a.text, b.text);
    case Kind::kString: return a.text == b.text;
    case Kind::kArray:
      return std::equal(a.items.begin(), a.items.end(), b.items.begin(), b.items.end(), equal);
    case Kind::kObject:
      return a.members.size() == b.members.size() &&
             std::all_of(a.members.begin(), a.members.end(), [&b](const JsonMember& one) {
               const JsonValue* const other = b.member(one.name);
               return other != nullptr && equal(one.value, *other);
             });
    default: return true;
  }
}

void drop_emptied(JsonValue& value) {
  const auto items_before = value.items.size();
  const auto members_before = value.members.size();
  for (JsonValue& item : value.items)
    drop_emptied(item);
  for (auto& [name, item] : value.members)
    drop_emptied(item);
  std::erase_if(value.items, gone);
  std::erase_if(value.members, [](const JsonMember& member) { return gone(member.value); });
  if (value.items.size() < items_before || value.members.size() < members_before) value.emptied = true;
}

Result<JsonValue> parse_json(std::string_view bytes, std::size_t max_values) {
  // RapidJSON takes a NUL for the end of the document.
  if (bytes.find('\0') != std::string_view::npos) return fail(ErrorCode::kMalformed, "a NUL byte");
  Assembler assembler(max_values);
  rapidjson::MemoryStream stream(bytes.data(), bytes.size());
  rapidjson::GenericReader<rapidjson::UTF8<>, rapidjson::UTF8<>> reader;
  constexpr unsigned kFlags = rapidjson::kParseIterativeFlag | rapidjson::kParseNumbersAsStringsFlag |
                              rapidjson::kParseValidateEncodingFlag;
  const rapidjson::ParseResult parsed = reader.Parse<kFlags>(stream, assembler);
  if (assembler.too_large()) return fail(ErrorCode::kTooLarge, "too many or too deeply nested JSON values");
  if (parsed.IsError()) return fail(ErrorCode::kMalformed, "not JSON, or a member stands twice");
  return assembler.take();
}

std::string write_json(const JsonValue& value) {
  std::string out;
  append(out, value);
  return out;
}

}  // namespace fhir::patch
