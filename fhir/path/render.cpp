#include "fhir/path/render.hpp"

#include "fhir/json/writer.hpp"

namespace fhir::path {
namespace {

void append_quantity(std::string& out, const Quantity& quantity) {
  out.append("{\"value\":").append(quantity.value.text()).append(",\"unit\":");
  append_json_string(out, quantity.unit);
  if (!quantity.calendar) {
    out.append(",\"system\":\"http://unitsofmeasure.org\",\"code\":");
    append_json_string(out, quantity.unit);
  }
  out.push_back('}');
}

}  // namespace

std::string_view result_type(const Value& value) {
  switch (value.type()) {
    case ValueType::kNode: return value.node().type();
    case ValueType::kBoolean: return "boolean";
    case ValueType::kInteger: return "integer";
    case ValueType::kLong: return "integer64";
    case ValueType::kDecimal: return "decimal";
    case ValueType::kString: return "string";
    case ValueType::kTemporal:
      switch (value.temporal().kind) {
        case TemporalKind::kDate: return "date";
        case TemporalKind::kDateTime: return "dateTime";
        case TemporalKind::kTime: return "time";
      }
      return "dateTime";
    case ValueType::kQuantity: return "Quantity";
    case ValueType::kType: return "TypeInfo";
  }
  return {};
}

void append_json_string(std::string& out, std::string_view text) {
  static constexpr std::string_view kHex = "0123456789abcdef";
  out.push_back('"');
  const auto is_special = [](char c) {
    return c == '"' || c == '\\' || static_cast<unsigned char>(c) < 0x20;
  };
  while (!text.empty()) {
    std::size_t plain = 0;
    while (plain < text.size() && !is_special(text[plain]))
      ++plain;
    out.append(text.substr(0, plain));
    text.remove_prefix(plain);
    if (text.empty()) break;
    const auto byte = static_cast<unsigned char>(text.front());
    text.remove_prefix(1);
    if (byte == '"' || byte == '\\') {
      out.push_back('\\');
      out.push_back(static_cast<char>(byte));
    } else if (byte == '\n') {
      out.append("\\n");
    } else {
      out.append("\\u00").push_back(kHex[byte >> 4u]);
      out.push_back(kHex[byte & 15u]);
    }
  }
  out.push_back('"');
}

void append_json(std::string& out, const Value& value) {
  switch (value.type()) {
    case ValueType::kNode: json::append(out, value.node()); return;
    case ValueType::kString:
    case ValueType::kTemporal: append_json_string(out, text_of(value).value_or("")); return;
    case ValueType::kQuantity: append_quantity(out, value.quantity()); return;
    case ValueType::kType:
      append_json_string(out.append("{\"namespace\":"), value.type_name().name_space);
      append_json_string(out.append(",\"name\":"), value.type_name().name);
      out.push_back('}');
      return;
    default: out.append(text_of(value).value_or("null"));
  }
}

void append_result(std::string& out, const Value& value) {
  append_json_string(out.append("{\"type\":"), result_type(value));
  append_json(out.append(",\"value\":"), value);
  out.push_back('}');
}

void append_failure(std::string& out, const Failure& failure) {
  append_json_string(out.append("{\"kind\":"), to_text(failure.kind));
  append_json_string(out.append(",\"message\":"),
                     failure.message + " (at " + std::to_string(failure.offset) + ")");
  out.push_back('}');
}

}  // namespace fhir::path
