#include "fhir/validate/xhtml.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

namespace fhir::validate {
namespace {

constexpr std::string_view kNamespaceUri = "http://www.w3.org/1999/xhtml";
constexpr std::size_t kMaxDepth = 128;

// HTML 4.0 chapters 7 to 11 (but section 4 of 9) and 15, links and images.
constexpr auto kElements = std::to_array<std::string_view>(
    {"a",       "abbr",  "acronym", "address", "area",     "b",   "bdo", "big",   "blockquote", "br",
     "caption", "cite",  "code",    "col",     "colgroup", "dd",  "del", "dfn",   "div",        "dl",
     "dt",      "em",    "h1",      "h2",      "h3",       "h4",  "h5",  "h6",    "hr",         "i",
     "img",     "ins",   "kbd",     "li",      "map",      "ol",  "p",   "pre",   "q",          "s",
     "samp",    "small", "span",    "strike",  "strong",   "sub", "sup", "table", "tbody",      "td",
     "tfoot",   "th",    "thead",   "tr",      "tt",       "u",   "ul",  "var"});
static_assert(std::is_sorted(kElements.begin(), kElements.end()));

constexpr auto kAttributes = std::to_array<std::string_view>(
    {"abbr",        "accesskey",   "align",      "alt",     "axis",     "bgcolor",  "border",  "cellhalign",
     "cellpadding", "cellspacing", "cellvalign", "char",    "charoff",  "charset",  "cite",    "class",
     "clear",       "color",       "colspan",    "compact", "coords",   "datetime", "dir",     "face",
     "frame",       "headers",     "height",     "href",    "hreflang", "hspace",   "id",      "ismap",
     "lang",        "longdesc",    "name",       "nowrap",  "rel",      "rev",      "rowspan", "rules",
     "scope",       "shape",       "size",       "span",    "src",      "start",    "style",   "summary",
     "tabindex",    "title",       "type",       "usemap",  "valign",   "value",    "vspace",  "width",
     "xml:lang",    "xmlns"});
static_assert(std::is_sorted(kAttributes.begin(), kAttributes.end()));

template <std::size_t Size>
bool is_in(const std::array<std::string_view, Size>& sorted, std::string_view name) {
  return std::binary_search(sorted.begin(), sorted.end(), name);
}

bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}
bool is_alnum(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}
bool is_name_char(char c) {
  return is_alnum(c) || c == '-' || c == '_' || c == ':' || c == '.' || static_cast<unsigned char>(c) >= 0x80;
}

class XhtmlScanner {
 public:
  explicit XhtmlScanner(std::string_view text) : rest_(text) {}

  XhtmlFault scan() {
    skip_space();
    if (!rest_.starts_with("<div") || (rest_.size() > 4 && is_name_char(rest_[4])))
      return XhtmlFault::kNotADiv;
    while (fault_ == XhtmlFault::kNone && !closed_)
      step();
    if (fault_ != XhtmlFault::kNone) return fault_;
    skip_space();
    if (!rest_.empty()) return XhtmlFault::kNotADiv;
    return has_content_ ? XhtmlFault::kNone : XhtmlFault::kEmpty;
  }

 private:
  void fail(XhtmlFault fault) { fault_ = fault; }
  void skip_space() {
    while (!rest_.empty() && is_space(rest_[0]))
      rest_.remove_prefix(1);
  }
  std::string_view take_name() {
    std::size_t length = 0;
    while (length < rest_.size() && is_name_char(rest_[length]))
      ++length;
    const std::string_view name = rest_.substr(0, length);
    rest_.remove_prefix(length);
    return name;
  }

  void step() {
    if (rest_.starts_with("<!--")) return comment();
    if (rest_.starts_with("</")) return close_tag();
    if (rest_.starts_with("<")) return open_tag();
    text();
  }

  void comment() {
    const std::size_t end = rest_.find("--", 4);
    if (end == std::string_view::npos || end + 2 >= rest_.size() || rest_[end + 2] != '>') {
      return fail(XhtmlFault::kNotWellFormed);
    }
    rest_.remove_prefix(end + 3);
  }

  void close_tag() {
    rest_.remove_prefix(2);
    const std::string_view name = take_name();
    skip_space();
    if (depth_ == 0 || open_[depth_ - 1] != name || !rest_.starts_with('>'))
      return fail(XhtmlFault::kNotWellFormed);
    rest_.remove_prefix(1);
    closed_ = --depth_ == 0;
  }

  void open_tag() {
    rest_.remove_prefix(1);
    const std::string_view name = take_name();
    if (name.empty()) return fail(XhtmlFault::kNotWellFormed);
    if (!is_in(kElements, name)) return fail(XhtmlFault::kElement);
    if (name == "img") has_content_ = true;
    while (fault_ == XhtmlFault::kNone) {
      const bool spaced = !rest_.empty() && is_space(rest_[0]);
      skip_space();
      if (rest_.starts_with("/>") || rest_.starts_with('>')) return end_open_tag(name);
      if (!spaced) return fail(XhtmlFault::kNotWellFormed);
      attribute();
    }
  }

  void end_open_tag(std::string_view name) {
    if (depth_ == 0 && !in_namespace_) return fail(XhtmlFault::kNamespace);
    if (rest_[0] == '/') {
      rest_.remove_prefix(2);
      closed_ = depth_ == 0;
      return;
    }
    rest_.remove_prefix(1);
    if (depth_ == kMaxDepth) return fail(XhtmlFault::kTooDeep);
    open_[depth_++] = name;
  }

  void attribute() {
    const std::string_view name = take_name();
    skip_space();
    if (name.empty() || !rest_.starts_with('=')) return fail(XhtmlFault::kNotWellFormed);
    rest_.remove_prefix(1);
    skip_space();
    if (!rest_.starts_with('"') && !rest_.starts_with('\'')) return fail(XhtmlFault::kNotWellFormed);
    const std::size_t end = rest_.find(rest_[0], 1);
    if (end == std::string_view::npos) return fail(XhtmlFault::kNotWellFormed);
    const std::string_view value = rest_.substr(1, end - 1);
    rest_.remove_prefix(end + 1);
    if (value.find('<') != std::string_view::npos || !has_good_references(value))
      return fail(XhtmlFault::kNotWellFormed);
    const bool declares = name.starts_with("xmlns:");
    if (!declares && !is_in(kAttributes, name)) return fail(XhtmlFault::kAttribute);
    if (name == "xmlns" && value != kNamespaceUri) return fail(XhtmlFault::kNamespace);
    if (name == "xmlns") in_namespace_ = true;
    if ((name == "href" || name == "src") && value.starts_with("javascript:")) fail(XhtmlFault::kAttribute);
  }

  void text() {
    const std::size_t end = rest_.find('<');
    if (end == std::string_view::npos) return fail(XhtmlFault::kNotWellFormed);
    const std::string_view run = rest_.substr(0, end);
    rest_.remove_prefix(end);
    if (!has_good_references(run)) return fail(XhtmlFault::kNotWellFormed);
    has_content_ = has_content_ || !std::all_of(run.begin(), run.end(), is_space);
  }

  /// `&name;`, `&#10;` or `&#xA;`. JSON may name any XHTML entity; which of them exist is not checked.
  static bool has_good_references(std::string_view text) {
    for (std::size_t at = text.find('&'); at != std::string_view::npos; at = text.find('&', at + 1)) {
      const std::size_t end = text.find(';', at);
      if (end == std::string_view::npos || end - at > 12) return false;
      std::string_view body = text.substr(at + 1, end - at - 1);
      if (body.starts_with('#')) body.remove_prefix(1);
      if (body.empty() || !std::all_of(body.begin(), body.end(), is_alnum)) return false;
    }
    return true;
  }

  std::string_view rest_;
  std::array<std::string_view, kMaxDepth> open_;
  std::size_t depth_ = 0;
  bool in_namespace_ = false;
  bool has_content_ = false;
  bool closed_ = false;
  XhtmlFault fault_ = XhtmlFault::kNone;
};

}  // namespace

XhtmlFault check_xhtml(std::string_view text) noexcept {
  return XhtmlScanner(text).scan();
}

std::string_view to_text(XhtmlFault fault) noexcept {
  switch (fault) {
    case XhtmlFault::kNone: return "";
    case XhtmlFault::kNotADiv: return "the narrative must be exactly one div element";
    case XhtmlFault::kNamespace: return "the div must be in the namespace http://www.w3.org/1999/xhtml";
    case XhtmlFault::kNotWellFormed: return "the narrative is not well-formed XHTML";
    case XhtmlFault::kTooDeep: return "the narrative is nested too deeply";
    case XhtmlFault::kElement: return "the narrative holds an element that narratives may not have";
    case XhtmlFault::kAttribute: return "the narrative holds an attribute that narratives may not have";
    case XhtmlFault::kEmpty: return "the narrative must have some text or an image";
  }
  return "";
}

}  // namespace fhir::validate
