#include "mappings/hl7v2/header.hpp"

#include <algorithm>

#include "mappings/hl7v2/segment_cursor.hpp"

namespace mappings::hl7v2 {
namespace {

constexpr std::size_t kMaxHeaderBytes = 64u << 10u;

/// The parts of a text, one after the other; empty ones past the end.
class Parts {
 public:
  Parts(std::string_view text, char separator) : rest_(text), separator_(separator) {}
  std::string_view next() {
    const std::size_t end = separator_ == '\0' ? std::string_view::npos : rest_.find(separator_);
    const std::string_view part = rest_.substr(0, end);
    rest_.remove_prefix(end == std::string_view::npos ? rest_.size() : end + 1);
    return part;
  }

 private:
  std::string_view rest_;
  char separator_;
};

void read_message_type(Header& header, std::string_view field) {
  Parts parts(Parts(field, header.delimiters.repetition).next(), header.delimiters.component);
  for (std::string* part : {&header.type, &header.event, &header.structure})
    *part = Parts(parts.next(), header.delimiters.subcomponent).next();
}

}  // namespace

std::optional<Header> read_header(std::string_view bytes) {
  bytes = bytes.substr(skip_lead_in(bytes)).substr(0, kMaxHeaderBytes);
  const std::optional<Delimiters> delimiters = read_delimiters(bytes);
  if (!delimiters || !bytes.starts_with("MSH")) return std::nullopt;
  // A line feed sent back could begin a segment of the answer.
  std::string line(SegmentCursor(bytes, delimiters->field).next().value_or(bytes));
  std::replace_if(
      line.begin(), line.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20; }, ' ');
  Header header;
  header.delimiters = *delimiters;
  Parts fields(line, delimiters->field);
  fields.next();  // MSH
  fields.next();  // MSH-2
  header.sending_application = fields.next();
  header.sending_facility = fields.next();
  header.receiving_application = fields.next();
  header.receiving_facility = fields.next();
  fields.next();  // MSH-7
  fields.next();  // MSH-8
  read_message_type(header, fields.next());
  header.control_id = fields.next();
  header.processing_id = fields.next();
  header.version_field = fields.next();
  header.version = Parts(header.version_field, delimiters->component).next();
  header.sequence_number = fields.next();
  fields.next();  // MSH-14
  header.accept_mode = fields.next();
  header.application_mode = fields.next();
  header.country = fields.next();
  header.character_set = Parts(fields.next(), delimiters->repetition).next();
  return header;
}

}  // namespace mappings::hl7v2
