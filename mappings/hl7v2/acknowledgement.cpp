#include "mappings/hl7v2/acknowledgement.hpp"

#include <algorithm>
#include <charconv>
#include <vector>

#include "mappings/hl7v2/escape.hpp"

namespace mappings::hl7v2 {
namespace {

/// A version as a number to compare: 2.3 is 230, 2.3.1 is 231; what cannot be read counts as 2.4.
int version_number(std::string_view version) {
  int number = 0;
  int digits = 0;
  for (const char c : version) {
    if (c == '.') continue;
    if (c < '0' || c > '9' || digits == 3) break;
    number = number * 10 + (c - '0');
    ++digits;
  }
  for (; digits > 0 && digits < 3; ++digits)
    number *= 10;
  return number == 0 ? 240 : number;
}

/// `20261122080000+0000`.
std::string v2_time(fhir::Instant instant) {
  std::string text;
  for (const char c : fhir::to_text(instant).substr(0, 19)) {
    if (c >= '0' && c <= '9') text.push_back(c);
  }
  return text + "+0000";
}

std::string_view severity_code(fhir::Severity severity) {
  switch (severity) {
    case fhir::Severity::kFatal:
    case fhir::Severity::kError: return "E";
    case fhir::Severity::kWarning: return "W";
    case fhir::Severity::kInformation: return "I";
  }
  return "E";
}

/// Builds segments field by field in the delimiters of the original.
class SegmentText {
 public:
  SegmentText(std::string& out, const Delimiters& delimiters) : out_(out), delimiters_(delimiters) {}

  SegmentText& begin(std::string_view name) {
    out_ += name;
    begin_ = out_.size();
    return *this;
  }
  /// A field that is already encoded: sent back as it came.
  SegmentText& raw(std::string_view field) {
    out_ += delimiters_.field;
    out_ += field;
    return *this;
  }
  SegmentText& text(std::string_view field) { return raw(escaped(field)); }
  /// A field of parts, empty ones at the end left out.
  SegmentText& parts(const std::vector<std::string>& parts) {
    return raw(joined(parts, delimiters_.component));
  }
  void end() {
    while (out_.size() > begin_ && out_.back() == delimiters_.field)
      out_.pop_back();
    out_ += '\r';
  }

  [[nodiscard]] std::string escaped(std::string_view field) const {
    std::string encoded;
    append_escaped(encoded, field, delimiters_, LineFeed::kHexadecimal);
    return encoded;
  }
  [[nodiscard]] static std::string joined(const std::vector<std::string>& parts, char separator) {
    if (separator == '\0') return parts.empty() ? std::string() : parts.front();
    std::string text;
    for (const std::string& part : parts) {
      text += part;
      text += separator;
    }
    while (!text.empty() && text.back() == separator)
      text.pop_back();
    return text;
  }

 private:
  std::string& out_;
  const Delimiters& delimiters_;
  std::size_t begin_ = 0;
};

std::string number_text(std::uint32_t number) {
  return number == 0 ? std::string() : std::to_string(number);
}

std::string code_text(ErrorCode0357 code) {
  return std::to_string(static_cast<int>(code));
}

void append_header(SegmentText& segment, const Header& original, const Acknowledgement& ack, int version) {
  std::vector<std::string> type = {"ACK"};
  if (version >= 231 && !original.event.empty()) type.push_back(original.event);
  if (version >= 240 && !original.event.empty()) type.emplace_back("ACK");
  segment.begin("MSH").raw(original.delimiters.encoding_characters());
  ack.application.empty() ? segment.raw(original.receiving_application) : segment.text(ack.application);
  ack.facility.empty() ? segment.raw(original.receiving_facility) : segment.text(ack.facility);
  segment.raw(original.sending_application).raw(original.sending_facility).text(v2_time(ack.now)).raw("");
  segment.parts(type).text(ack.control_id).raw(original.processing_id).raw(original.version_field);
  segment.raw("").raw("").raw("").raw("").raw(original.country).raw(original.character_set).end();
}

/// ERR-1 before 2.5: `PID^1^3^102&Data type error&HL70357`, repeated.
void append_early_errors(SegmentText& segment, const Acknowledgement& ack, const Delimiters& delimiters) {
  std::vector<std::string> errors;
  for (const AckError& error : ack.errors) {
    const std::string code = SegmentText::joined(
        {code_text(error.code), std::string(display(error.code)), "HL70357"}, delimiters.subcomponent);
    errors.push_back(SegmentText::joined(
        {error.place.segment, number_text(error.place.sequence), number_text(error.place.field), code},
        delimiters.component));
  }
  segment.begin("ERR").raw(SegmentText::joined(errors, delimiters.repetition)).end();
}

void append_error(SegmentText& segment, const AckError& error) {
  const Location& place = error.place;
  segment.begin("ERR").raw("");
  segment.parts({place.segment, number_text(place.sequence), number_text(place.field),
                 number_text(place.repetition), number_text(place.component),
                 number_text(place.subcomponent)});
  segment.parts({code_text(error.code), std::string(display(error.code)), "HL70357"});
  segment.text(severity_code(error.severity)).raw("").raw("").raw("").text(error.text).end();
}

}  // namespace

std::string_view to_text(AckCode code) noexcept {
  switch (code) {
    case AckCode::kAA: return "AA";
    case AckCode::kAE: return "AE";
    case AckCode::kAR: return "AR";
    case AckCode::kCA: return "CA";
    case AckCode::kCE: return "CE";
    case AckCode::kCR: return "CR";
  }
  return {};
}

std::vector<AckError> to_ack_errors(const fhir::IssueList& issues, std::size_t limit) {
  std::vector<AckError> errors;
  for (const fhir::Issue& issue : issues.items()) {
    if (issue.severity == fhir::Severity::kInformation) continue;
    if (errors.size() == limit) break;
    errors.push_back({parse_location(issue.expression).value_or(Location()), error_code(issue),
                      issue.severity, issue.text});
  }
  return errors;
}

std::string acknowledge(const Header& original, const Acknowledgement& acknowledgement) {
  std::string out;
  const int version = version_number(original.version);
  SegmentText segment(out, original.delimiters);
  append_header(segment, original, acknowledgement, version);
  segment.begin("MSA").text(to_text(acknowledgement.code)).raw(original.control_id).raw("");
  segment.text(acknowledgement.expected_sequence).end();
  if (acknowledgement.errors.empty()) return out;
  if (version < 250) {
    append_early_errors(segment, acknowledgement, original.delimiters);
  } else {
    for (const AckError& error : acknowledgement.errors)
      append_error(segment, error);
  }
  return out;
}

}  // namespace mappings::hl7v2
