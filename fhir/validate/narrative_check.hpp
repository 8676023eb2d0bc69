// Narrative: the XHTML allowed, and where its links lead.
#pragma once

#include <optional>

#include "fhir/validate/walk.hpp"

namespace fhir::validate {

class NarrativeCheck {
 public:
  explicit NarrativeCheck(Walk& walk) : walk_(walk) {}
  /// A div.
  void check(tree::Node div);
  /// txt-1 and txt-2.
  [[nodiscard]] static bool passes(tree::Node div);

 private:
  void check_links(tree::Node div);
  Walk& walk_;
};

}  // namespace fhir::validate
