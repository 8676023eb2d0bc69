#include "fhir/path/failure.hpp"

namespace fhir::path {

std::string_view to_text(FailureKind kind) noexcept {
  switch (kind) {
    case FailureKind::kSyntax: return "syntax";
    case FailureKind::kSemantic: return "semantic";
    case FailureKind::kExecution: return "execution";
  }
  return "execution";
}

std::string to_text(const Failure& failure) {
  std::string out(to_text(failure.kind));
  return out.append(" error at ").append(std::to_string(failure.offset)).append(": ").append(failure.message);
}

}  // namespace fhir::path
