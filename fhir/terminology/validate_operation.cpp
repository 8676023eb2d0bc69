#include "fhir/terminology/library.hpp"
#include "fhir/terminology/operations.hpp"
#include "fhir/terminology/parameters_builder.hpp"

namespace fhir::terminology {
namespace {

std::string_view message_of(const CodeAnswer& answer, bool of_value_set) {
  switch (answer.verdict) {
    case CodeVerdict::kMember:
      if (answer.display_wrong) return "The display is none of those of the code";
      if (answer.abstract) return "The code is a heading, not for selection";
      return answer.inactive ? "The code is inactive" : std::string_view();
    case CodeVerdict::kNotMember: return "The code is not in the value set";
    case CodeVerdict::kUnknownCode: return "The code system has no such code";
    case CodeVerdict::kUnknownSystem: return "The code system is not known here";
    case CodeVerdict::kUnknownValueSet: return "The value set, or one that it imports, is not known here";
    case CodeVerdict::kCannotCheck: break;
  }
  if (answer.malformed) return "The code breaks the rules of its code system for codes";
  return of_value_set ? "Not checked: the value set needs content that is not here"
                      : "Not checked: the content of the code system is not here";
}

/// One coding against whatever the question names.
class Asking {
 public:
  Asking(const Terminology& terms, const ValidateCodeRequest& request) : terms_(terms), request_(request) {
    // A set of the caller's own is known under no URL.
    if (request.value_set_resource) {
      set_ = terms.library().compile(request.value_set_resource);
    } else if (!request.value_set.empty()) {
      set_ = terms.library().value_set(request.value_set);
    }
  }
  [[nodiscard]] bool has_set() const noexcept { return set_ != nullptr; }

  [[nodiscard]] CodeAnswer answer() const {
    if (!request_.concept_node) return one(request_.coded);
    CodeAnswer best;
    best.verdict = set_ ? CodeVerdict::kNotMember : CodeVerdict::kUnknownCode;
    for (const tree::Node coding : request_.concept_node.children("coding")) {
      const Coded coded = coded_of(coding);
      if (!set_ && coded.system != request_.system) continue;
      best = one(coded);
      if (best.is_member()) break;
    }
    return best;
  }

 private:
  [[nodiscard]] CodeAnswer one(Coded coded) const {
    if (set_) return terms_.validate_in(*set_, coded);
    if (coded.system.empty()) coded.system = request_.system;
    return terms_.validate_in_system(coded);
  }
  const Terminology& terms_;
  const ValidateCodeRequest& request_;
  std::shared_ptr<const ValueSet> set_;
};

tree::TreePtr write(const CodeAnswer& answer, bool of_value_set) {
  ParametersBuilder out;
  out.add_flag("result", answer.is_member() && !answer.display_wrong);
  out.add("message", "valueString", message_of(answer, of_value_set));
  if (answer.is_member()) {
    out.add("system", "valueUri", answer.system).add("code", "valueCode", answer.code);
    out.add("display", "valueString", answer.display);
  }
  if (answer.inactive) out.add_flag("inactive", true);
  return out.finish();
}

}  // namespace

Result<tree::TreePtr> validate_code(const Terminology& terms, const ValidateCodeRequest& request) {
  const bool of_value_set = !request.value_set.empty() || request.value_set_resource;
  if (!of_value_set && request.system.empty() && request.coded.system.empty())
    return fail(ErrorCode::kInvalidRequest, "name a value set or a code system");
  if (!request.concept_node && request.coded.code.empty())
    return fail(ErrorCode::kInvalidRequest, "name a code, a coding or a codeableConcept");
  const Asking asking(terms, request);
  if (of_value_set && !asking.has_set()) return fail(ErrorCode::kNotFound, "the value set is not known here");
  return write(asking.answer(), of_value_set);
}

}  // namespace fhir::terminology
