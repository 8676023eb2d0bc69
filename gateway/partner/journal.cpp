#include "gateway/partner/journal.hpp"

#include "fhir/path/render.hpp"

namespace gateway::partner {

void JournalLine::key(std::string_view name) {
  if (line_.size() > 1) line_.push_back(',');
  fhir::path::append_json_string(line_, name);
  line_.push_back(':');
}

JournalLine& JournalLine::text(std::string_view name, std::string_view value) {
  if (value.empty()) return *this;
  key(name);
  fhir::path::append_json_string(line_, value);
  return *this;
}

JournalLine& JournalLine::number(std::string_view name, std::int64_t value) {
  key(name);
  line_.append(std::to_string(value));
  return *this;
}

JournalLine& JournalLine::flag(std::string_view name, bool value) {
  key(name);
  line_.append(value ? "true" : "false");
  return *this;
}

JournalLine& JournalLine::texts(std::string_view name, const std::vector<std::string>& values) {
  if (values.empty()) return *this;
  key(name);
  line_.push_back('[');
  for (const std::string& value : values) {
    if (line_.back() != '[') line_.push_back(',');
    fhir::path::append_json_string(line_, value);
  }
  line_.push_back(']');
  return *this;
}

JournalLine& JournalLine::communications(const std::vector<SeenCommunication>& all) {
  if (all.empty()) return *this;
  key("communications");
  line_.push_back('[');
  for (const SeenCommunication& one : all) {
    if (line_.back() != '[') line_.push_back(',');
    JournalLine inner;
    inner.text("kind", one.kind).texts("text", one.lines);
    line_.append(inner.line_).push_back('}');
  }
  line_.push_back(']');
  return *this;
}

JournalLine& JournalLine::attachments(const std::vector<SeenAttachment>& all) {
  if (all.empty()) return *this;
  key("attachments");
  line_.push_back('[');
  for (const SeenAttachment& one : all) {
    if (line_.back() != '[') line_.push_back(',');
    JournalLine inner;
    inner.text("content_type", one.content_type).number("bytes", one.bytes).text("sha256", one.sha256);
    line_.append(inner.line_).push_back('}');
  }
  line_.push_back(']');
  return *this;
}

JournalLine Journal::line(std::string_view did) const {
  JournalLine line;
  line.text("at", fhir::to_text(clock_.now())).text("partner", partner_).text("did", did);
  return line;
}

void Journal::write(const JournalLine& line) {
  out_ << line.finish() << std::flush;
}

}  // namespace gateway::partner
