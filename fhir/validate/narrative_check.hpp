// Narrative: the XHTML allowed, and where its links lead.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "fhir/validate/walk.hpp"

namespace fhir::validate {

class NarrativeCheck {
 public:
  explicit NarrativeCheck(Walk& walk) : walk_(walk) {}
  /// A div.
  void check(tree::Node div);
  /// A Narrative against what a profile says of its sections by language: `_no` none, `_yes` some,
  /// `_resource` one in the language of the resource, or the tag of a language there must be one in.
  void check_languages(tree::Node narrative, std::span<const std::string_view> controls);
  /// txt-1 and txt-2.
  [[nodiscard]] static bool passes(tree::Node div);

  /// How many parts of the narrative of a resource, and elements of it, have an id.
  [[nodiscard]] static std::size_t count_ids(tree::Node resource, std::string_view id);

 private:
  void check_links(tree::Node div);
  Walk& walk_;
};

}  // namespace fhir::validate
