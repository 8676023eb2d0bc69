#include "fhir/xml/parser.hpp"

#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <libxml/xmlerror.h>
#include <memory>
#include <vector>

namespace fhir::xml {
namespace {

std::string_view view(const xmlChar* text) {
  return text == nullptr ? std::string_view() : std::string_view(reinterpret_cast<const char*>(text));
}

std::string_view explain(int code) {
  switch (code) {
    case XML_ERR_DOCUMENT_EMPTY: return "no XML element";
    case XML_ERR_DOCUMENT_END: return "content after the end of the document";
    case XML_ERR_TAG_NAME_MISMATCH: return "an end tag that does not match its start tag";
    case XML_ERR_TAG_NOT_FINISHED: return "an element without an end tag";
    case XML_ERR_ATTRIBUTE_REDEFINED: return "an attribute that stands twice";
    case XML_ERR_UNDECLARED_ENTITY:
    case XML_WAR_UNDECLARED_ENTITY: return "an entity that is none of the five of XML";
    case XML_ERR_INVALID_CHAR:
    case XML_ERR_INVALID_CHARREF: return "a character XML may not hold";
    case XML_NS_ERR_UNDEFINED_NAMESPACE: return "a prefix without a namespace";
    default: return "not well-formed XML";
  }
}

/// State of one parse, handed to libxml2's callbacks.
class Session {
 public:
  Session(std::string_view bytes, std::size_t skipped, Events& events)
      : bytes_(bytes), skipped_(skipped), events_(events) {}

  std::optional<MarkupFlaw> run();

 private:
  struct Freer {
    void operator()(xmlParserCtxt* context) const {
      if (context->myDoc != nullptr) xmlFreeDoc(context->myDoc);
      xmlFreeParserCtxt(context);
    }
  };
  static Session& of(void* context) {
    return *static_cast<Session*>(static_cast<xmlParserCtxt*>(context)->_private);
  }

  static void on_start(void* context, const xmlChar* name, const xmlChar* prefix, const xmlChar* uri,
                       int namespace_count, const xmlChar** namespaces, int attribute_count,
                       int /*defaulted*/, const xmlChar** attributes);
  static void on_end(void* context, const xmlChar* /*name*/, const xmlChar* /*prefix*/,
                     const xmlChar* /*uri*/) {
    Session& session = of(context);
    session.go_on(session.events_.end(session.skipped_ + session.position()));
  }
  static void on_text(void* context, const xmlChar* text, int length) {
    Session& session = of(context);
    session.go_on(
        session.events_.text({reinterpret_cast<const char*>(text), static_cast<std::size_t>(length)}));
  }
  static void on_doctype(void* context, const xmlChar* /*name*/, const xmlChar* /*external*/,
                         const xmlChar* /*system*/) {
    of(context).fail(IssueType::kSecurity, "a document type declaration");
  }
  static xmlEntityPtr find_entity(void* /*context*/, const xmlChar* name) {
    return xmlGetPredefinedEntity(name);
  }
  static void on_error(void* context, xmlError* error) {
    if (error->level >= XML_ERR_ERROR) of(context).fail(IssueType::kStructure, explain(error->code));
  }

  [[nodiscard]] std::size_t position() const {
    const xmlParserInput* input = context_->input;
    if (input == nullptr) return bytes_.size();
    return static_cast<std::size_t>(input->consumed) + static_cast<std::size_t>(input->cur - input->base);
  }
  void go_on(bool wanted) {
    if (wanted) return;
    stopped_ = true;
    xmlStopParser(context_.get());
  }
  void fail(IssueType type, std::string_view text) {
    if (stopped_ || flaw_) return;
    flaw_ = MarkupFlaw{type, std::string(text), skipped_ + position()};
    xmlStopParser(context_.get());
  }

  std::string_view bytes_;
  std::size_t skipped_;
  Events& events_;
  std::unique_ptr<xmlParserCtxt, Freer> context_;
  std::vector<Attribute> attributes_;
  std::optional<MarkupFlaw> flaw_;
  bool stopped_ = false;
};

std::optional<MarkupFlaw> Session::run() {
  context_.reset(xmlCreateMemoryParserCtxt(bytes_.data(), static_cast<int>(bytes_.size())));
  if (context_ == nullptr) return MarkupFlaw{IssueType::kStructure, "no XML element", 0};
  // NOENT only has the five entities replaced in attribute values; no others exist. HUGE lifts libxml2's own
  // limits on the length of text: find_flaw() has applied ours.
  xmlCtxtUseOptions(context_.get(),
                    XML_PARSE_NONET | XML_PARSE_NOENT | XML_PARSE_HUGE | XML_PARSE_IGNORE_ENC);
  xmlSAXHandler events{};
  events.initialized = XML_SAX2_MAGIC;
  events.startElementNs = &on_start;
  events.endElementNs = &on_end;
  events.characters = &on_text;
  events.cdataBlock = &on_text;
  events.ignorableWhitespace = &on_text;
  events.internalSubset = &on_doctype;
  events.getEntity = &find_entity;
  events.serror = &on_error;
  *context_->sax = events;
  context_->_private = this;
  const int result = xmlParseDocument(context_.get());
  if (result != 0 && !flaw_ && !stopped_) fail(IssueType::kStructure, "not well-formed XML");
  return flaw_;
}

void Session::on_start(void* context, const xmlChar* name, const xmlChar* prefix, const xmlChar* uri,
                       int namespace_count, const xmlChar** namespaces, int attribute_count,
                       int /*defaulted*/, const xmlChar** attributes) {
  Session& session = of(context);
  StartTag tag;
  tag.name = view(name);
  tag.prefix = view(prefix);
  tag.name_space = view(uri);
  for (int i = 0; i < namespace_count; ++i) {
    if (namespaces[2 * i] == nullptr) tag.declares_default = true;
  }
  session.attributes_.clear();
  for (int i = 0; i < attribute_count; ++i) {
    const xmlChar** attribute =
        attributes + std::ptrdiff_t{5} * i;  // name, prefix, namespace, value, end of value
    const auto* value = reinterpret_cast<const char*>(attribute[3]);
    const auto* end = reinterpret_cast<const char*>(attribute[4]);
    session.attributes_.push_back({view(attribute[0]),
                                   view(attribute[1]),
                                   view(attribute[2]),
                                   {value, static_cast<std::size_t>(end - value)}});
  }
  tag.attributes = session.attributes_;
  // The event comes before the tag's end; nothing inside a start tag is a bare `<` but its first byte.
  const std::size_t start = session.bytes_.rfind('<', session.position());
  tag.offset = session.skipped_ + (start == std::string_view::npos ? 0 : start);
  session.go_on(session.events_.start(tag));
}

}  // namespace

std::optional<MarkupFlaw> parse(std::string_view bytes, const ReadLimits& limits, Events& events) {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (bytes.starts_with("\xFE\xFF") || bytes.starts_with("\xFF\xFE")) {
    return MarkupFlaw{IssueType::kNotSupported, "the document is in UTF-16; FHIR is in UTF-8", 0};
  }
  const std::size_t skipped = bytes.starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0;
  bytes.remove_prefix(skipped);
  if (auto flaw = find_flaw(bytes, limits)) {
    flaw->offset += skipped;
    return flaw;
  }
  if (bytes.empty()) return MarkupFlaw{IssueType::kStructure, "no XML element", 0};
  return Session(bytes, skipped, events).run();
}

}  // namespace fhir::xml
