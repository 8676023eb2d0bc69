#include "fhir/xml/div_text.hpp"

#include "fhir/xml/escape.hpp"
#include "fhir/xml/reader.hpp"

namespace fhir::xml {
namespace {

constexpr std::string_view kSpace = " \t\r\n";

/// Namespaces that become XHTML when a div is written anew: its authors meant it.
bool is_xhtml(std::string_view name_space) {
  return name_space == kXhtmlNamespace || name_space.empty() || name_space == kFhirNamespace;
}

/// A whole document that is one div.
class DivDocument final : public Events {
 public:
  explicit DivDocument(std::string_view source) : div_(source) {}
  bool start(const StartTag& tag) override {
    if (!begun_ && (tag.name != "div" || !is_xhtml(tag.name_space))) return false;
    begun_ = true;
    div_.start(tag);
    return true;
  }
  bool end(std::size_t end) override {
    ended_ = div_.end(end);
    return true;
  }
  bool text(std::string_view piece) override {
    div_.text(piece);
    return true;
  }
  [[nodiscard]] const DivText* complete() const { return ended_ ? &div_ : nullptr; }

 private:
  DivText div_;
  bool begun_ = false;
  bool ended_ = false;
};

}  // namespace

void DivText::start(const StartTag& tag) {
  if (open_.empty()) {
    begin_ = tag.offset;
    as_it_stood_ = tag.declares_default && tag.name_space == kXhtmlNamespace;
  }
  close_start_tag();
  as_it_stood_ = as_it_stood_ && tag.prefix.empty();
  const std::string_view name_space = is_xhtml(tag.name_space) ? kXhtmlNamespace : tag.name_space;
  written_.append("<").append(tag.name);
  if (open_.empty() || open_.back().name_space != name_space) {
    written_.append(" xmlns=\"");
    append_escaped(written_, name_space);
    written_.push_back('"');
  }
  for (const Attribute& attribute : tag.attributes) {
    written_.push_back(' ');
    if (!attribute.prefix.empty()) {
      if (attribute.prefix != "xml") {
        as_it_stood_ = false;
        written_.append("xmlns:").append(attribute.prefix).append("=\"");
        append_escaped(written_, attribute.name_space);
        written_.append("\" ");
      }
      written_.append(attribute.prefix).append(":");
    }
    written_.append(attribute.name).append("=\"");
    append_escaped(written_, attribute.value);
    written_.push_back('"');
  }
  open_.push_back({std::string(tag.name), std::string(name_space), true});
}

void DivText::close_start_tag() {
  if (open_.empty() || !open_.back().empty) return;
  open_.back().empty = false;
  written_.push_back('>');
}

void DivText::text(std::string_view piece) {
  close_start_tag();
  append_escaped(written_, piece);
}

bool DivText::end(std::size_t end) {
  if (open_.back().empty) {
    written_.append("/>");
  } else {
    written_.append("</").append(open_.back().name).append(">");
  }
  open_.pop_back();
  end_ = end;
  return open_.empty();
}

std::string_view DivText::result() const {
  return as_it_stood_ ? source_.substr(begin_, end_ - begin_) : written_;
}

std::optional<std::string> embeddable_div(std::string_view text) {
  const std::size_t first = text.find_first_not_of(kSpace);
  if (first == std::string_view::npos) return std::nullopt;
  text = text.substr(first, text.find_last_not_of(kSpace) - first + 1);
  ReadLimits limits;
  limits.max_bytes = text.size();
  DivDocument document(text);
  if (parse(text, limits, document)) return std::nullopt;
  const DivText* div = document.complete();
  return div == nullptr ? std::nullopt : std::optional<std::string>(div->result());
}

}  // namespace fhir::xml
