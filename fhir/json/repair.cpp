#include "fhir/json/repair.hpp"

#include <utility>
#include <vector>

namespace fhir::json {

namespace {

constexpr std::size_t kMaxDepth = 100;

bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
         c == '+' || c == '.' || static_cast<unsigned char>(c) >= 0x80;
}

bool is_literal(std::string_view word) {
  return word == "true" || word == "false" || word == "null" || word.front() == '-' ||
         (word.front() >= '0' && word.front() <= '9');
}

/// The type the document says it is, wherever at its beginning it says so.
std::string root_type(std::string_view bytes) {
  std::size_t at = bytes.find("resourceType");
  if (at == std::string_view::npos) return {};
  at = bytes.find(':', at);
  while (at < bytes.size() && !is_word(bytes[at]))
    ++at;
  std::string type;
  for (; at < bytes.size() && is_word(bytes[at]); ++at)
    type.push_back(bytes[at]);
  return type;
}

class Repairing {
 public:
  Repairing(std::string_view bytes, Comments comments)
      : in_(bytes), comments_(comments), root_(root_type(bytes)) {
    out_.text.reserve(bytes.size() + 64);
  }

  std::optional<RepairedJson> run() {
    if (!value()) return std::nullopt;
    while (!open_.empty()) {
      if (!step()) return std::nullopt;
    }
    if (!space() || at_ != in_.size()) return std::nullopt;
    return std::move(out_);
  }

 private:
  struct Open {
    bool object = true;
    std::string place;
    std::string key;        ///< Of the member read last.
    std::size_t items = 0;  ///< Members or items so far.
  };

  [[nodiscard]] char here() const { return at_ < in_.size() ? in_[at_] : '\0'; }
  void take() { out_.text.push_back(in_[at_++]); }

  void fault(const std::string& place, std::string text) {
    SourcePosition position = locate(in_, at_);
    out_.issues.add(Severity::kError, IssueType::kInvalid, place, std::move(text), position);
  }

  /// The place of the value read next.
  [[nodiscard]] std::string next_place() const {
    if (open_.empty()) return root_;
    const Open& around = open_.back();
    if (around.object) return around.place + "." + around.key;
    return around.place + "[" + std::to_string(around.items) + "]";
  }

  [[nodiscard]] const std::string& place_around() const { return open_.empty() ? root_ : open_.back().place; }

  bool space() {
    for (;;) {
      while (is_space(here()))
        take();
      const std::string_view rest = in_.substr(at_);
      if (!rest.starts_with("//") && !rest.starts_with("/*")) return true;
      if (comments_ == Comments::kRefused) fault(place_around(), "JSON has no comments");
      const bool line = rest.starts_with("//");
      const std::size_t end = line ? rest.find('\n') : rest.find("*/", 2);
      if (end == std::string_view::npos && !line) return false;
      const std::size_t stop = end == std::string_view::npos ? in_.size() : at_ + end + (line ? 0 : 2);
      for (; at_ < stop; ++at_) {
        if (in_[at_] == '\n') out_.text.push_back('\n');
      }
    }
  }

  /// Copies a string with its quotes; gives its text as it is written.
  std::optional<std::string> string() {
    const std::size_t begin = at_ + 1;
    take();
    while (at_ < in_.size() && here() != '"') {
      if (here() == '\n') return std::nullopt;
      if (here() == '\\') take();
      if (at_ < in_.size()) take();
    }
    if (here() != '"') return std::nullopt;
    take();
    return std::string(in_.substr(begin, at_ - begin - 1));
  }

  std::string_view word() {
    const std::size_t begin = at_;
    while (at_ < in_.size() && is_word(here()))
      ++at_;
    return in_.substr(begin, at_ - begin);
  }

  /// One value; of an object or array its opening only.
  bool value() {
    if (!space()) return false;
    if (here() == '{' || here() == '[') {
      if (open_.size() >= kMaxDepth) return false;
      std::string place = next_place();
      // Items of an array have the name of the array.
      open_.push_back({here() == '{', std::move(place), {}, 0});
      take();
      return true;
    }
    if (here() == '"') return string().has_value();
    if (!is_word(here())) return false;
    const std::string place = !open_.empty() && open_.back().object ? place_around() : next_place();
    const std::string_view text = word();
    if (is_literal(text)) {
      out_.text.append(text);
      return true;
    }
    fault(place, "a value has no quotes");
    out_.text.append("\"").append(text).append("\"");
    return true;
  }

  bool key(Open& object) {
    if (here() == '"') {
      auto name = string();
      if (!name) return false;
      object.key = std::move(*name);
    } else {
      if (!is_word(here())) return false;
      fault(object.place, "the name of a property has no quotes");
      object.key = word();
      out_.text.append("\"").append(object.key).append("\"");
    }
    if (!space() || here() != ':') return false;
    take();
    return true;
  }

  /// The next member or item of the innermost object or array, or its end.
  bool step() {
    if (!space()) return false;
    const char closing = open_.back().object ? '}' : ']';
    bool comma = false;
    const std::size_t comma_at = out_.text.size();
    if (here() == ',' && open_.back().items > 0) {
      comma = true;
      take();
      if (!space()) return false;
    }
    if (here() == closing) {
      if (comma) {
        fault(open_.back().place, "a comma stands before the closing bracket");
        out_.text.erase(comma_at, 1);
      }
      take();
      open_.pop_back();
      return true;
    }
    if (!comma && open_.back().items > 0) {
      if (here() != '"' && !is_word(here()) && here() != '{' && here() != '[') return false;
      fault(open_.back().place, "a comma is missing");
      out_.text.insert(comma_at, 1, ',');
    }
    if (open_.back().object && !key(open_.back())) return false;
    const std::size_t depth = open_.size();
    if (!value()) return false;
    ++open_[depth - 1].items;
    return true;
  }

  std::string_view in_;
  Comments comments_;
  std::string root_;
  std::size_t at_ = 0;
  std::vector<Open> open_;
  RepairedJson out_;
};

}  // namespace

std::optional<RepairedJson> repair(std::string_view bytes, Comments comments) {
  return Repairing(bytes, comments).run();
}

}  // namespace fhir::json
