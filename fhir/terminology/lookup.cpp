#include <algorithm>

#include "fhir/terminology/library.hpp"
#include "fhir/terminology/operations.hpp"
#include "fhir/terminology/parameters_builder.hpp"
#include "fhir/terminology/syntax.hpp"

namespace fhir::terminology {
namespace {

class LookupAnswer {
 public:
  LookupAnswer(const CodeSystem& system, ConceptIndex index, const std::vector<std::string_view>& properties)
      : system_(system), index_(index), wanted_(properties) {}

  tree::TreePtr write() {
    const Concept& found = system_.at(index_);
    const std::string_view title = system_.resource().child("title").text();
    const std::string_view name = system_.resource().child("name").text();
    out_.add("name", "valueString", !name.empty() ? name : title.empty() ? system_.url() : title);
    out_.add("version", "valueString", system_.version());
    out_.add("display", "valueString", found.display.empty() ? found.code : found.display);
    if (wants("designation")) {
      designations_of(found.node);
      for (const tree::Node more : system_.supplements(index_))
        designations_of(more);
    }
    property("definition", found.node.child("definition"));
    flag("inactive", found.inactive);
    for (const ConceptIndex parent : system_.parents(index_))
      code_property("parent", system_.at(parent).code);
    for (const ConceptIndex child : system_.children(index_))
      code_property("child", system_.at(child).code);
    properties_of(found.node);
    for (const tree::Node more : system_.supplements(index_))
      properties_of(more);
    return out_.finish();
  }

 private:
  [[nodiscard]] bool wants(std::string_view name) const {
    return wanted_.empty() || std::find(wanted_.begin(), wanted_.end(), name) != wanted_.end() ||
           std::find(wanted_.begin(), wanted_.end(), "*") != wanted_.end();
  }
  void designations_of(tree::Node node) {
    for (const tree::Node designation : node.children("designation")) {
      out_.open("designation").add("language", "valueCode", designation.child("language").text());
      if (const tree::Node use = designation.child("use")) out_.add_coding("use", coded_of(use));
      out_.add("value", "valueString", designation.child("value").text()).close();
    }
  }
  void property(std::string_view code, tree::Node value) {
    if (!value || !wants(code)) return;
    out_.open("property").add("code", "valueCode", code).add("value", "valueString", value.text()).close();
  }
  void code_property(std::string_view code, std::string_view value) {
    if (!wants(code)) return;
    out_.open("property").add("code", "valueCode", code).add("value", "valueCode", value).close();
  }
  void flag(std::string_view code, bool value) {
    if (!wants(code)) return;
    out_.open("property").add("code", "valueCode", code).add_flag("value", value).close();
  }
  void properties_of(tree::Node node) {
    for (const tree::Node item : node.children("property")) {
      const std::string_view code = item.child("code").text();
      if (!wants(code) || code == "parent" || code == "child" || code == "inactive") continue;
      out_.open("property").add("code", "valueCode", code).add_value("value", item.child("value")).close();
    }
  }

  const CodeSystem& system_;
  ConceptIndex index_;
  const std::vector<std::string_view>& wanted_;
  ParametersBuilder out_;
};

/// A code whose system is a syntax has nothing but itself.
tree::TreePtr syntax_answer(const Coded& coded) {
  ParametersBuilder out;
  out.add("name", "valueString", coded.system).add("display", "valueString", coded.code);
  return out.finish();
}

}  // namespace

Result<tree::TreePtr> lookup(const Terminology& terms, const Coded& coded,
                             const std::vector<std::string_view>& properties) {
  if (coded.system.empty() || coded.code.empty())
    return fail(ErrorCode::kInvalidRequest, "name a code and its system");
  const CodeSystem* system = terms.library().code_system(coded.system, coded.version);
  if (system != nullptr) {
    if (const auto index = system->find(coded.code)) return LookupAnswer(*system, *index, properties).write();
    if (system->content() == Content::kComplete)
      return fail(ErrorCode::kNotFound, "the code system has no such code");
  }
  const auto syntax = syntax_of(coded.system);
  if (!syntax && system == nullptr) return fail(ErrorCode::kNotFound, "the code system is not known here");
  if (syntax && judge(*syntax, coded.code) == SyntaxVerdict::kValid) return syntax_answer(coded);
  if (syntax && judge(*syntax, coded.code) == SyntaxVerdict::kInvalid)
    return fail(ErrorCode::kNotFound, "the code breaks the rules of its code system for codes");
  return fail(ErrorCode::kUnsupported, "the content of the code system is not here");
}

Result<tree::TreePtr> subsumes(const Terminology& terms, const Coded& a, const Coded& b) {
  if (a.system.empty() || a.code.empty() || b.code.empty())
    return fail(ErrorCode::kInvalidRequest, "name a system and two codes");
  if (a.system != b.system) return fail(ErrorCode::kInvalidRequest, "both codes must be of one system");
  const CodeSystem* system = terms.library().code_system(a.system, a.version);
  if (system == nullptr) {
    const bool known = syntax_of(a.system).has_value();
    return known ? fail(ErrorCode::kUnsupported, "the hierarchy of the code system is not here")
                 : fail(ErrorCode::kNotFound, "the code system is not known here");
  }
  const auto left = system->find(a.code);
  const auto right = system->find(b.code);
  if (!left || !right) {
    return system->content() == Content::kComplete
               ? fail(ErrorCode::kNotFound, "the code system has no such code")
               : fail(ErrorCode::kUnsupported, "the content of the code system is not here");
  }
  std::string_view outcome = "not-subsumed";
  if (*left == *right) {
    outcome = "equivalent";
  } else if (system->is_a(*right, *left)) {
    outcome = "subsumes";
  } else if (system->is_a(*left, *right)) {
    outcome = "subsumed-by";
  }
  ParametersBuilder out;
  out.add("outcome", "valueCode", outcome);
  return out.finish();
}

}  // namespace fhir::terminology
