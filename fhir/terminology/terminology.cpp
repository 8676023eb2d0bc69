#include "fhir/terminology/terminology.hpp"

#include <utility>

#include "fhir/terminology/library.hpp"
#include "fhir/terminology/syntax.hpp"

namespace fhir::terminology {
namespace {

CodeAnswer answer_of(const Member& member, const Coded& coded) {
  CodeAnswer answer;
  answer.verdict = CodeVerdict::kMember;
  answer.inactive = member.inactive;
  answer.abstract = member.abstract;
  answer.case_differs = member.code != coded.code;
  answer.system = member.system_url;
  answer.code = member.code;
  answer.display = member.display();
  answer.display_wrong = !coded.display.empty() && !member.allows_display(coded.display);
  return answer;
}

CodeAnswer unknown_answer(CodeVerdict verdict, Missing missing, const Coded& coded) {
  CodeAnswer answer;
  answer.verdict = verdict;
  answer.missing = missing;
  answer.system = coded.system;
  answer.code = coded.code;
  return answer;
}

CodeVerdict verdict_of(Missing missing) {
  if (missing == Missing::kSystem) return CodeVerdict::kUnknownSystem;
  return missing == Missing::kValueSet ? CodeVerdict::kUnknownValueSet : CodeVerdict::kCannotCheck;
}

Missing missing_of(Content content) {
  if (content == Content::kFragment) return Missing::kFragment;
  return content == Content::kExample ? Missing::kExample : Missing::kContent;
}

/// By the syntax of the system alone.
CodeAnswer judged(Syntax syntax, const Coded& coded) {
  CodeAnswer answer = unknown_answer(CodeVerdict::kMember, Missing::kNone, coded);
  const SyntaxVerdict verdict = judge(syntax, coded.code);
  const bool open = syntax == Syntax::kSnomed || syntax == Syntax::kLoinc;
  answer.malformed = verdict == SyntaxVerdict::kInvalid;
  if (verdict == SyntaxVerdict::kUnknown || (open && answer.malformed)) {
    answer.verdict = CodeVerdict::kCannotCheck;
    answer.missing = Missing::kContent;
  } else if (answer.malformed) {
    answer.verdict = CodeVerdict::kUnknownCode;
  }
  return answer;
}

}  // namespace

Terminology::Terminology(const packages::Registry& registry)
    : library_(std::make_unique<Library>(registry)) {}
Terminology::~Terminology() = default;
Terminology::Terminology(Terminology&&) noexcept = default;
Terminology& Terminology::operator=(Terminology&&) noexcept = default;

CodeAnswer Terminology::validate_in_system(const Coded& coded) const {
  const std::optional<Syntax> syntax = syntax_of(coded.system);
  const CodeSystem* system = library_->code_system(coded.system, coded.version);
  if (system == nullptr && syntax) return judged(*syntax, coded);
  if (system == nullptr) {
    const bool other = !coded.version.empty() && library_->code_system(coded.system) != nullptr;
    return other ? unknown_answer(CodeVerdict::kCannotCheck, Missing::kSystemVersion, coded)
                 : unknown_answer(CodeVerdict::kUnknownSystem, Missing::kSystem, coded);
  }
  if (const auto index = system->find(coded.code)) {
    const Concept& found = system->at(*index);
    return answer_of(
        {system->url(), system->version(), found.code, {}, system, *index, found.inactive, found.abstract},
        coded);
  }
  if (system->content() == Content::kComplete)
    return unknown_answer(CodeVerdict::kUnknownCode, Missing::kNone, coded);
  if (syntax) return judged(*syntax, coded);
  return unknown_answer(CodeVerdict::kCannotCheck, missing_of(system->content()), coded);
}

CodeAnswer Terminology::validate_code(std::string_view value_set, const Coded& coded) const {
  const std::shared_ptr<const ValueSet> set = library_->value_set(value_set);
  if (!set) return unknown_answer(CodeVerdict::kUnknownValueSet, Missing::kValueSet, coded);
  return validate_in(*set, coded);
}

CodeAnswer Terminology::validate_in(const ValueSet& set, const Coded& coded) const {
  const Finding finding = set.find(coded.system, coded.code);
  if (finding.truth == Truth::kYes) {
    CodeAnswer answer = answer_of(finding.member, coded);
    answer.ambiguous = finding.ambiguous;
    return answer;
  }
  const CodeAnswer own =
      coded.system.empty() ? CodeAnswer{} : validate_in_system({coded.system, {}, coded.code, coded.display});
  // A code that its own system does not have is wrong wherever it stands.
  if (own.verdict == CodeVerdict::kUnknownCode) return own;
  CodeAnswer answer = finding.truth == Truth::kNo
                          ? unknown_answer(CodeVerdict::kNotMember, Missing::kNone, coded)
                          : unknown_answer(verdict_of(finding.missing), finding.missing, coded);
  answer.malformed = own.malformed;
  answer.inactive = own.inactive;
  answer.abstract = own.abstract;
  answer.display = own.display;
  answer.display_wrong = own.display_wrong;
  return answer;
}

CodeAnswer Terminology::validate_coding(std::string_view value_set, const Coded& coding) const {
  if (!coding.system.empty()) return validate_code(value_set, coding);
  if (!knows_value_set(value_set))
    return unknown_answer(CodeVerdict::kUnknownValueSet, Missing::kValueSet, coding);
  return unknown_answer(CodeVerdict::kNotMember, Missing::kNone, coding);
}

namespace {

/// The best answer about the codings of a CodeableConcept; `none` where it has no codings.
template <class Ask>
ConceptAnswer best_of(tree::Node codeable_concept, CodeVerdict none, Ask ask) {
  ConceptAnswer result;
  result.best.verdict = none;
  const auto rank = [](const CodeAnswer& answer) {
    if (answer.is_member()) return 2;
    return answer.is_wrong() ? 0 : 1;
  };
  int best = -1;
  for (const tree::Node coding : codeable_concept.children("coding")) {
    result.codings.push_back(ask(coded_of(coding)));
    const int own = rank(result.codings.back());
    if (own <= best) continue;
    best = own;
    result.best = result.codings.back();
    result.best_index = result.codings.size() - 1;
  }
  return result;
}

}  // namespace

ConceptAnswer Terminology::validate_concept(std::string_view value_set, tree::Node codeable_concept) const {
  return best_of(codeable_concept,
                 knows_value_set(value_set) ? CodeVerdict::kNotMember : CodeVerdict::kUnknownValueSet,
                 [&](const Coded& coding) { return validate_coding(value_set, coding); });
}

CodeAnswer Terminology::validate_element_in(const ValueSet& set, tree::Node element) const {
  const auto ask = [&](const Coded& coding) {
    return coding.system.empty() ? unknown_answer(CodeVerdict::kNotMember, Missing::kNone, coding)
                                 : validate_in(set, coding);
  };
  if (element.type() == "CodeableConcept") return best_of(element, CodeVerdict::kNotMember, ask).best;
  return element.has_value() ? validate_in(set, coded_of(element)) : ask(coded_of(element));
}

CodeAnswer Terminology::validate_element(std::string_view value_set, tree::Node element) const {
  if (element.type() == "CodeableConcept") return validate_concept(value_set, element).best;
  const Coded coded = coded_of(element);
  return element.has_value() ? validate_code(value_set, coded) : validate_coding(value_set, coded);
}

bool Terminology::knows_value_set(std::string_view canonical) const {
  return library_->value_set(canonical) != nullptr;
}

bool Terminology::knows_system(std::string_view system) const {
  return syntax_of(system).has_value() || library_->code_system(system) != nullptr;
}

std::optional<bool> Terminology::subsumes(const Coded& general, const Coded& special) const {
  if (general.system != special.system) return false;
  const CodeSystem* system = library_->code_system(general.system, general.version);
  if (system == nullptr) return std::nullopt;
  const auto upper = system->find(general.code);
  const auto lower = system->find(special.code);
  if (!upper || !lower) return std::nullopt;
  return system->is_a(*lower, *upper);
}

std::optional<bool> Terminology::member_of(tree::Node element, std::string_view value_set) const {
  const CodeAnswer answer = validate_element(value_set, element);
  if (answer.is_member()) return true;
  return answer.is_wrong() ? std::optional(false) : std::nullopt;
}

}  // namespace fhir::terminology
