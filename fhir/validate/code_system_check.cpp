#include <algorithm>
#include <array>
#include <charconv>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "fhir/terminology/terminology.hpp"
#include "fhir/validate/terminology_rules.hpp"

namespace fhir::validate {

namespace {

using tree::Node;

constexpr std::string_view kConceptProperties = "http://hl7.org/fhir/concept-properties#";

/// A property that FHIR itself defines, `http://hl7.org/fhir/concept-properties#code`.
struct KnownProperty {
  std::string_view code;
  std::string_view type;
  bool names_concept;  ///< Its values are codes of the system.
};

constexpr auto kKnownProperties = std::to_array<KnownProperty>({
    {"status", "code", false},
    {"inactive", "boolean", false},
    {"effectiveDate", "dateTime", false},
    {"deprecationDate", "dateTime", false},
    {"retirementDate", "dateTime", false},
    {"notSelectable", "boolean", false},
    {"parent", "code", true},
    {"child", "code", true},
    {"partOf", "code", true},
    {"synonym", "code", true},
    {"comment", "string", false},
    {"itemWeight", "decimal", false},
});

const KnownProperty* known_property(std::string_view code) {
  const auto* const found = std::find_if(kKnownProperties.begin(), kKnownProperties.end(),
                                         [code](const KnownProperty& row) { return row.code == code; });
  return found == kKnownProperties.end() ? nullptr : found;
}

bool is_absolute(std::string_view url) {
  const std::size_t colon = url.find_first_of(":/?#");
  return colon != std::string_view::npos && colon > 0 && url[colon] == ':';
}

class CodeSystemCheck {
 public:
  CodeSystemCheck(Walk& walk, Node system)
      : walk_(walk),
        system_(system),
        content_(system.child("content").text()),
        supplements_(system.child("supplements").text()) {}

  void run() {
    collect_concepts();
    check_supplement();
    check_count();
    check_value_set();
    for (const Node property : system_.children("property"))
      check_property(property);
    for (const Node item : concepts_) {
      for (const Node property : item.children("property"))
        check_value(property);
    }
  }

 private:
  struct Property {
    std::string_view type;
    bool names_concept = false;
  };

  void error(Node at, std::string_view text) { walk_.findings().error(at, IssueType::kBusinessRule, {text}); }

  /// All concepts in document order, without recursion.
  void collect_concepts() {
    std::vector<Node> stack = {system_};
    while (!stack.empty()) {
      const Node at = stack.back();
      stack.pop_back();
      if (!(at == system_)) add_concept(at);
      const std::size_t first = stack.size();
      for (const Node child : at.children("concept"))
        stack.push_back(child);
      std::reverse(stack.begin() + static_cast<std::ptrdiff_t>(first), stack.end());
    }
  }

  void add_concept(Node item) {
    concepts_.push_back(item);
    const Node code = item.child("code");
    if (code.has_value() && !codes_.insert(code.text()).second)
      error(item, "another concept has the same code");
  }

  void check_supplement() {
    const Node content = system_.child("content");
    if (supplements_.empty()) {
      if (content_ == "supplement") {
        error(content, "a supplement says what it supplements");
        error(system_, "a supplement says what it supplements");
      }
      return;
    }
    if (content_ != "supplement")
      error(content ? content : system_, "the content of a supplement is supplement");
    if (const Node sensitive = system_.child("caseSensitive"); sensitive.has_value())
      error(sensitive, "a supplement does not say whether case matters");
    if (const Node meaning = system_.child("hierarchyMeaning"); meaning.has_value())
      error(meaning, "a supplement does not say what the hierarchy means");
    for (const Node item : system_.children("concept")) {
      const Node code = item.child("code");
      if (code.has_value() && is_unknown(code.text()))
        error(item, "the code system supplemented has no such code");
    }
  }

  /// Certainly no code of the system supplemented?
  bool is_unknown(std::string_view code) const {
    const std::size_t bar = supplements_.find('|');
    const std::string_view version =
        bar == std::string_view::npos ? std::string_view() : supplements_.substr(bar + 1);
    const auto answer = walk_.shared().terminology.validate_in_system(
        {.system = supplements_.substr(0, bar), .version = version, .code = code, .display = {}});
    return answer.verdict == terminology::CodeVerdict::kUnknownCode;
  }

  void check_count() {
    if (content_ == "not-present" && !concepts_.empty())
      error(concepts_.front(), "a code system whose content is not present has no concepts");
    const Node count = system_.child("count");
    if (!count.has_value()) return;
    std::size_t stated = 0;
    const std::string_view text = count.text();
    if (std::from_chars(text.data(), text.data() + text.size(), stated).ec != std::errc()) return;
    if (content_ == "complete" && stated != concepts_.size())
      error(count, "the count is not that of the concepts");
    if ((content_ == "fragment" || content_ == "example") && stated <= concepts_.size()) {
      walk_.findings().warning(count, IssueType::kBusinessRule,
                               {"the count is that of the whole system, which has more than its parts here"});
    }
  }

  /// CodeSystem.valueSet is the value set of all codes, and nothing else.
  void check_value_set() {
    const Node canonical = system_.child("valueSet");
    if (!canonical.has_value()) return;
    const Node set = walk_.shared().registry.find("ValueSet", canonical.text());
    if (!set) return;
    const auto includes = set.child("compose").children("include");
    std::vector<Node> all;
    for (const Node include : includes)
      all.push_back(include);
    if (all.size() != 1) return error(system_, "the value set of all codes has one include");
    if (all[0].child("system").text() != system_.child("url").text())
      return error(system_, "the value set of all codes is of another system");
    if (all[0].child("valueSet") || all[0].child("concept") || all[0].child("filter"))
      error(system_, "the value set of all codes includes the whole system, and no more");
  }

  void check_property(Node property) {
    const std::string_view uri = property.child("uri").text();
    const std::string_view code = property.child("code").text();
    const std::string_view type = property.child("type").text();
    const KnownProperty* known = nullptr;
    if (!uri.empty()) {
      if (!is_absolute(uri)) error(property, "the uri of a property is absolute");
      if (!uris_.insert(uri).second) error(property, "another property has the same uri");
      if (uri.starts_with(kConceptProperties)) known = known_property(uri.substr(kConceptProperties.size()));
    }
    if (known != nullptr && known_property(code) != nullptr && known_property(code) != known)
      error(property, "the uri is that of another property of FHIR than the code");
    if (known != nullptr && !type.empty() && type != known->type)
      error(property, "the property of FHIR that the uri names is of another type");
    if (code.empty()) return;
    if (!properties_.emplace(code, Property{type, known != nullptr && known->names_concept}).second)
      error(property, "another property has the same code");
  }

  void check_value(Node property) {
    const auto defined = properties_.find(property.child("code").text());
    const Node value = property.child("value");
    if (defined == properties_.end()) {
      walk_.findings().warning(property, IssueType::kBusinessRule,
                               {"the code system defines no such property"});
      return;
    }
    if (!value) return;
    if (!defined->second.type.empty() && value.type() != defined->second.type)
      return error(property, "the value is of another type than the property");
    if (value.type() != "code" || !value.has_value()) return;
    const bool unknown = supplements_.empty() ? !codes_.contains(value.text()) : is_unknown(value.text());
    if (unknown && defined->second.names_concept)
      error(property, "the value is no code of the system, though the property names one");
  }

  Walk& walk_;
  Node system_;
  std::string_view content_;
  std::string_view supplements_;
  std::vector<Node> concepts_;
  std::unordered_set<std::string_view> codes_;
  std::unordered_set<std::string_view> uris_;
  std::unordered_map<std::string_view, Property> properties_;
};

}  // namespace

void check_code_system(Walk& walk, Node code_system) {
  CodeSystemCheck(walk, code_system).run();
}

}  // namespace fhir::validate
