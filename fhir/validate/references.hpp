// References between resources: the shape of the text, the types it may name, and resources contained in
// others.
#pragma once

#include <cstdint>
#include <string_view>
#include <unordered_set>

#include "fhir/definitions/definitions.hpp"
#include "fhir/tree/tree.hpp"
#include "fhir/validate/reporter.hpp"

namespace fhir::validate {

enum class ReferenceShape : std::uint8_t {
  kFragment,  ///< `#id`: a contained resource; `#` alone is the container.
  kRelative,  ///< `Type/id`, perhaps with `/_history/version`.
  kSearch,    ///< `Type?parameters`: a conditional reference in a transaction.
  kAbsolute,  ///< A URL or URN.
  kMalformed,
};

struct ReferenceText {
  ReferenceShape shape = ReferenceShape::kMalformed;
  std::string_view type;  ///< Of a relative or search reference.
  std::string_view id;    ///< Of a relative reference or fragment.
};

/// Reads the text of Reference.reference (FHIR R4 2.3.0.1). Whether the type exists is not looked up. Pure.
[[nodiscard]] ReferenceText read_reference(std::string_view text) noexcept;

/// Checks one document. Nodes must come in document order. Not thread-safe.
class ReferenceChecker {
 public:
  ReferenceChecker(const definitions::Definitions& definitions, Reporter& report)
      : definitions_(definitions), report_(report) {}

  /// A resource of any kind: its contained resources have ids, all different, and contain none themselves.
  void check_contained(tree::Node resource);
  /// A Reference.
  void check_reference(tree::Node reference);

 private:
  void check_fragment(tree::Node reference, std::string_view id);
  void check_type(tree::Node reference, std::string_view type);
  [[nodiscard]] const std::unordered_set<std::string_view>& ids_of(tree::Node container);

  const definitions::Definitions& definitions_;
  Reporter& report_;
  tree::Node container_;  // whose ids are in contained_ids_
  std::unordered_set<std::string_view> contained_ids_;
};

}  // namespace fhir::validate
