#include "fhir/xml/markup_check.hpp"

#include <algorithm>
#include <array>
#include <cstring>

#include "fhir/base/utf8.hpp"

namespace fhir::xml {
namespace {

/// Offsets in the tree are 32 bits, and text may grow when a div is written anew.
constexpr std::size_t kMostBytes = 512u << 20;

constexpr std::string_view kSpace = " \t\r\n";
constexpr auto kEnd = std::string_view::npos;

bool ends_name(char c) noexcept {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '>' || c == '/' || c == '=' || c == '"' ||
         c == '\'';
}

/// The encoding an XML declaration names, or nothing.
std::string_view declared_encoding(std::string_view bytes) noexcept {
  if (!bytes.starts_with("<?xml") || bytes.size() < 6 || kSpace.find(bytes[5]) == kEnd) return {};
  const std::string_view declaration = bytes.substr(0, bytes.find("?>"));
  const std::size_t name = declaration.find("encoding");
  if (name == kEnd) return {};
  const std::size_t open = declaration.find_first_of("\"'", name);
  if (open == kEnd) return {};
  return declaration.substr(open + 1, declaration.find(declaration[open], open + 1) - open - 1);
}

bool is_utf8_name(std::string_view encoding) {
  std::string lower(encoding);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return lower == "utf-8" || lower == "utf8" || lower == "us-ascii" || lower == "ascii";
}

/// Walks the tags. Well-formed text before a flaw is split into tags as a parser would; past the first
/// malformed tag nothing matters, because the parser stops there.
class TagWalk {
 public:
  TagWalk(std::string_view bytes, const ReadLimits& limits) : bytes_(bytes), limits_(limits) {}

  std::optional<MarkupFlaw> run() {
    std::size_t at = 0;
    while (at != kEnd && !flaw_) {
      at = bytes_.find('<', at);
      if (at != kEnd) at = after_markup(at);
    }
    return flaw_;
  }

 private:
  std::size_t stop(IssueType type, std::string text, std::size_t offset) {
    flaw_ = MarkupFlaw{type, std::move(text), offset};
    return kEnd;
  }
  std::size_t after(std::string_view end, std::size_t from) const {
    const std::size_t found = bytes_.find(end, from);
    return found == kEnd ? kEnd : found + end.size();
  }

  std::size_t after_markup(std::size_t at) {
    const std::string_view rest = bytes_.substr(at);
    if (rest.starts_with("<!--")) return after("-->", at + 4);
    if (rest.starts_with("<![CDATA[")) return after("]]>", at + 9);
    if (rest.starts_with("<?")) return after("?>", at + 2);
    if (rest.starts_with("<!")) {
      return stop(IssueType::kSecurity,
                  "a document type declaration: FHIR documents have none, and none is read", at);
    }
    if (rest.starts_with("</")) {
      if (depth_ > 0) --depth_;
      return after(">", at + 2);
    }
    return after_start_tag(at);
  }

  std::size_t after_start_tag(std::size_t start) {
    if (++depth_ > limits_.max_depth) {
      return stop(IssueType::kTooCostly,
                  "nested deeper than " + std::to_string(limits_.max_depth) + " elements", start);
    }
    std::size_t attributes = 0;
    std::size_t name = start + 1;
    for (std::size_t at = name; at < bytes_.size(); ++at) {
      const char c = bytes_[at];
      if (!ends_name(c)) continue;
      if (at - name > limits_.max_name_bytes) {
        return stop(IssueType::kTooCostly, "a name over " + std::to_string(limits_.max_name_bytes) + " bytes",
                    name);
      }
      name = at + 1;
      if (c == '>') {
        if (bytes_[at - 1] == '/') --depth_;
        return at + 1;
      }
      if (c == '=' && ++attributes > limits_.max_attributes) {
        return stop(IssueType::kTooCostly,
                    "an element with more than " + std::to_string(limits_.max_attributes) + " attributes",
                    start);
      }
      if (c == '"' || c == '\'') {
        const void* quote = std::memchr(bytes_.data() + at + 1, c, bytes_.size() - at - 1);
        if (quote == nullptr) return kEnd;
        at = static_cast<std::size_t>(static_cast<const char*>(quote) - bytes_.data());
        name = at + 1;
      }
    }
    return kEnd;
  }

  std::string_view bytes_;
  const ReadLimits& limits_;
  std::uint32_t depth_ = 0;
  std::optional<MarkupFlaw> flaw_;
};

}  // namespace

std::optional<MarkupFlaw> find_flaw(std::string_view bytes, const ReadLimits& limits) {
  const std::size_t most = std::min(limits.max_bytes, kMostBytes);
  if (bytes.size() > most) {
    return MarkupFlaw{IssueType::kTooLong, "the document is over " + std::to_string(most) + " bytes", 0};
  }
  const std::string_view encoding = declared_encoding(bytes);
  if (!encoding.empty() && !is_utf8_name(encoding)) {
    return MarkupFlaw{IssueType::kNotSupported, "the document declares another encoding; FHIR is in UTF-8",
                      0};
  }
  const std::size_t broken = find_invalid_utf8(bytes);
  if (broken != kEnd) return MarkupFlaw{IssueType::kInvalid, "not UTF-8", broken};
  return TagWalk(bytes, limits).run();
}

}  // namespace fhir::xml
