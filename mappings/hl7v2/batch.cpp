#include "mappings/hl7v2/batch.hpp"

#include <charconv>
#include <optional>
#include <string>

#include "mappings/hl7v2/delimiters.hpp"
#include "mappings/hl7v2/segment_cursor.hpp"

namespace mappings::hl7v2 {
namespace {

using fhir::IssueType;
using fhir::Severity;

bool begins_a_header(std::string_view line) {
  return line.starts_with("MSH") || line.starts_with("FHS") || line.starts_with("BHS");
}

/// The number in the first field of a trailer.
std::optional<std::size_t> declared_count(std::string_view trailer, char separator) {
  if (trailer.size() < 5) return std::nullopt;
  const std::string_view field = trailer.substr(4, trailer.find(separator, 4) - 4);
  std::size_t count = 0;
  const auto [end, error] = std::from_chars(field.data(), field.data() + field.size(), count);
  if (error != std::errc() || end != field.data() + field.size()) return std::nullopt;
  return count;
}

class Splitter {
 public:
  Splitter(std::string_view bytes, std::size_t max_messages) : bytes_(bytes), max_messages_(max_messages) {}

  Batch split() {
    const std::size_t start = skip_lead_in(bytes_);
    const std::string_view rest = bytes_.substr(start);
    if (!begins_a_header(rest) || rest.size() < 4) {
      add(Severity::kError, "", "a file begins with FHS, BHS or MSH", start);
      return std::move(batch_);
    }
    SegmentCursor cursor(rest, rest[3]);
    while (const std::optional<std::string_view> line = cursor.next()) {
      if (!take(*line, rest[3])) break;
    }
    close_message();
    return std::move(batch_);
  }

 private:
  bool take(std::string_view line, char separator) {
    const std::size_t offset = static_cast<std::size_t>(line.data() - bytes_.data());
    const std::string_view name = line.substr(0, 3);
    if (name == "MSH") {
      close_message();
      if (batch_.messages.size() == max_messages_) {
        add(Severity::kError, "", "more messages in the file than the limit allows", offset);
        return false;
      }
      begin_ = offset;
      end_ = offset + line.size();
      ++in_batch_;
      return true;
    }
    if (name == "FHS" || name == "BHS" || name == "BTS" || name == "FTS") {
      close_message();
      take_envelope(name, line, separator, offset);
    } else if (begin_ == kNone) {
      add(Severity::kError, "", "a segment that belongs to no message", offset);
    } else {
      end_ = offset + line.size();
    }
    return true;
  }

  void take_envelope(std::string_view name, std::string_view line, char separator, std::size_t offset) {
    const std::optional<std::size_t> count = declared_count(line, separator);
    if (name == "BHS") {
      in_batch_ = 0;
    } else if (name == "BTS") {
      ++batches_;
      if (count && *count != in_batch_)
        add(Severity::kWarning, "BTS[1]-1[1]", "the batch holds another number of messages", offset);
      in_batch_ = 0;
    } else if (name == "FTS" && count && *count != batches_) {
      add(Severity::kWarning, "FTS[1]-1[1]", "the file holds another number of batches", offset);
    }
  }

  void close_message() {
    if (begin_ != kNone) batch_.messages.push_back(bytes_.substr(begin_, end_ - begin_));
    begin_ = kNone;
  }

  void add(Severity severity, std::string expression, std::string text, std::size_t offset) {
    batch_.issues.add(severity, IssueType::kStructure, std::move(expression), std::move(text),
                      {offset, 0, 0});
  }

  static constexpr std::size_t kNone = std::string_view::npos;
  std::string_view bytes_;
  std::size_t max_messages_;
  Batch batch_;
  std::size_t begin_ = kNone;
  std::size_t end_ = 0;
  std::size_t in_batch_ = 0;
  std::size_t batches_ = 0;
};

}  // namespace

bool is_batch(std::string_view bytes) noexcept {
  const std::string_view rest = bytes.substr(skip_lead_in(bytes));
  if (rest.starts_with("FHS") || rest.starts_with("BHS")) return true;
  if (!rest.starts_with("MSH") || rest.size() < 4) return false;
  for (std::size_t at = rest.find("MSH", 3); at != std::string_view::npos; at = rest.find("MSH", at + 3)) {
    const char before = rest[at - 1];
    if ((before == '\r' || before == '\n') && at + 3 < rest.size() && rest[at + 3] == rest[3]) return true;
  }
  return false;
}

Batch split_batch(std::string_view bytes, std::size_t max_messages) {
  return Splitter(bytes, max_messages).split();
}

}  // namespace mappings::hl7v2
