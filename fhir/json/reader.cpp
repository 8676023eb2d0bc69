#include "fhir/json/reader.hpp"

#include <algorithm>
#include <cstring>
#include <string>
#include <utility>

// RapidJSON's templates change with these settings, so they live in a namespace of their own: no other file
// can hold a different definition of them.
#define RAPIDJSON_NAMESPACE ligament_rapidjson
#define RAPIDJSON_NAMESPACE_BEGIN namespace ligament_rapidjson {
#define RAPIDJSON_NAMESPACE_END }
#define RAPIDJSON_HAS_STDSTRING 0
#if defined(__SSE2__)
#define RAPIDJSON_SSE2
#endif
#include <rapidjson/reader.h>

#include "fhir/json/raw_bytes.hpp"
#include "fhir/json/tree_assembler.hpp"

namespace fhir::json {
namespace {

using Stream = ligament_rapidjson::InsituStringStream;

/// RapidJSON reads aligned blocks of this size and may look past the end.
constexpr std::size_t kPadding = 16;

/// RapidJSON's event interface, passed on with offsets. Its names are RapidJSON's.
class Events {
 public:
  Events(TreeAssembler& assembler, const Stream& stream, const char* base)
      : assembler_(assembler), stream_(stream), base_(base) {}

  bool Null() { return assembler_.null(here() - 4); }
  bool Bool(bool value) {
    const std::string_view text = value ? "true" : "false";
    const auto length = static_cast<std::uint32_t>(text.size());
    return assembler_.boolean({here() - length, text});
  }
  bool RawNumber(const char* text, unsigned length, bool /*copy*/) {
    return assembler_.number(token(text, length));
  }
  bool String(const char* text, unsigned length, bool /*copy*/) {
    return assembler_.string(token(text, length));
  }
  bool StartObject() { return assembler_.start_object(here() - 1); }
  bool Key(const char* text, unsigned length, bool /*copy*/) { return assembler_.key(token(text, length)); }
  bool EndObject(unsigned /*members*/) { return assembler_.end_object(here()); }
  bool StartArray() { return assembler_.start_array(here() - 1); }
  bool EndArray(unsigned items) { return assembler_.end_array(items, here() - 1); }
  // Never sent: numbers come as text.
  bool Int(int /*value*/) { return false; }
  bool Uint(unsigned /*value*/) { return false; }
  bool Int64(std::int64_t /*value*/) { return false; }
  bool Uint64(std::uint64_t /*value*/) { return false; }
  bool Double(double /*value*/) { return false; }

 private:
  [[nodiscard]] std::uint32_t here() const { return static_cast<std::uint32_t>(stream_.src_ - base_); }
  [[nodiscard]] Token token(const char* text, unsigned length) const {
    return {static_cast<std::uint32_t>(text - base_), {text, length}};
  }
  TreeAssembler& assembler_;
  const Stream& stream_;
  const char* base_;
};

std::string_view explain(ligament_rapidjson::ParseErrorCode code) {
  switch (code) {
    case ligament_rapidjson::kParseErrorDocumentEmpty: return "no JSON value";
    case ligament_rapidjson::kParseErrorDocumentRootNotSingular: return "data after the end of the document";
    case ligament_rapidjson::kParseErrorValueInvalid: return "not a JSON value";
    case ligament_rapidjson::kParseErrorObjectMissName: return "a member name in quotes is missing";
    case ligament_rapidjson::kParseErrorObjectMissColon: return "a colon is missing after a member name";
    case ligament_rapidjson::kParseErrorObjectMissCommaOrCurlyBracket:
      return "a comma or } is missing after a member";
    case ligament_rapidjson::kParseErrorArrayMissCommaOrSquareBracket:
      return "a comma or ] is missing after an item";
    case ligament_rapidjson::kParseErrorStringUnicodeEscapeInvalidHex:
      return "\\u without four hexadecimal digits";
    case ligament_rapidjson::kParseErrorStringUnicodeSurrogateInvalid: return "an unpaired surrogate";
    case ligament_rapidjson::kParseErrorStringEscapeInvalid:
      return "an unknown escape or a bare control character";
    case ligament_rapidjson::kParseErrorStringMissQuotationMark: return "a string without an end";
    case ligament_rapidjson::kParseErrorNumberMissFraction: return "a number without digits after its point";
    case ligament_rapidjson::kParseErrorNumberMissExponent: return "a number without digits in its exponent";
    default: return "not JSON";
  }
}

/// Refuses what can be seen without parsing. False after a fatal finding.
bool admit(std::string_view bytes, const ReadLimits& limits, tree::ReadReport& report) {
  const std::size_t max_bytes = std::min<std::size_t>(limits.max_bytes, 0xFFFF'FF00u);
  if (bytes.size() > max_bytes) {
    report.fatal(IssueType::kTooLong, {}, "the document is over " + std::to_string(max_bytes) + " bytes", 0);
  } else if (bytes.starts_with("\xEF\xBB\xBF")) {
    report.fatal(IssueType::kInvalid, {},
                 "the document starts with a byte order mark; JSON must not (RFC 8259, 8.1)", 0);
  } else if (bytes.starts_with("\xFE\xFF") || bytes.starts_with("\xFF\xFE")) {
    report.fatal(IssueType::kInvalid, {}, "the document is in UTF-16; JSON must be in UTF-8", 0);
  } else if (const auto bad = find_bad_byte(bytes)) {
    report.fatal(IssueType::kInvalid, {}, bad->is_control ? "a control character" : "not UTF-8", bad->offset);
  }
  return !report.is_fatal();
}

/// Puts a short number of the same length over each big one: RapidJSON also computes numbers and would refuse
/// these.
void mask(std::string& buffer, const std::vector<NumberRange>& numbers) {
  for (const NumberRange& number : numbers) {
    char* at = buffer.data() + number.offset;
    std::memset(at, '1', number.length);
    if (number.length > 2) at[1] = '.';
  }
}

/// Parses once. `masked` are numbers to hide from RapidJSON. Answers RapidJSON's own error code.
ligament_rapidjson::ParseErrorCode parse(std::string_view bytes, tree::TreeBuilder& builder,
                                         const ReadLimits& limits, tree::ReadReport& report,
                                         const std::vector<NumberRange>& masked) {
  namespace rj = ligament_rapidjson;
  std::string buffer;
  buffer.reserve(bytes.size() + kPadding);
  buffer.append(bytes).append(kPadding, '\0');
  mask(buffer, masked);
  TreeAssembler assembler(bytes, builder, limits, report);
  Stream stream(buffer.data());
  Events events(assembler, stream, buffer.data());
  rj::Reader reader;
  constexpr unsigned kFlags = rj::kParseInsituFlag | rj::kParseNumbersAsStringsFlag;
  const rj::ParseResult result = reader.Parse<kFlags>(stream, events);
  const rj::ParseErrorCode code = result.IsError() ? result.Code() : rj::kParseErrorNone;
  if (code == rj::kParseErrorNone) {
    assembler.finish();
  } else if (code != rj::kParseErrorTermination && code != rj::kParseErrorNumberTooBig) {
    report.fatal(IssueType::kStructure, assembler.place(), std::string(explain(code)), result.Offset());
  }
  for (const NumberRange& number : masked)
    bytes.copy(buffer.data() + number.offset, number.length, number.offset);
  builder.adopt_text(std::move(buffer));
  return code;
}

}  // namespace

tree::ReadOutcome read(std::string_view bytes, const tree::TypeTable& table, const ReadLimits& limits) {
  tree::ReadReport report;
  constexpr std::size_t kBytesPerNode = 24;  // of compact JSON; only a reservation
  const auto expected = std::min<std::size_t>(bytes.size() / kBytesPerNode + 8, limits.max_nodes);
  tree::TreeBuilder builder(table, expected);
  if (!admit(bytes, limits, report)) return report.finish(builder, bytes);
  if (parse(bytes, builder, limits, report, {}) == ligament_rapidjson::kParseErrorNumberTooBig) {
    builder = tree::TreeBuilder(table, expected);
    report = tree::ReadReport();
    if (parse(bytes, builder, limits, report, find_big_numbers(bytes)) !=
        ligament_rapidjson::kParseErrorNone) {
      report.fatal(IssueType::kStructure, {}, "a malformed number", 0);
    }
  }
  return report.finish(builder, bytes);
}

}  // namespace fhir::json
