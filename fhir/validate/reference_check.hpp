// References: their form, whether they resolve, and to what.
#pragma once

#include <string_view>

#include "fhir/validate/walk.hpp"

namespace fhir::validate {

class ReferenceCheck {
 public:
  explicit ReferenceCheck(Walk& walk) : walk_(walk) {}
  /// A Reference against the base definitions: form, what it resolves to, `type`, the types its element
  /// allows.
  void check_base(tree::Node reference);
  /// The same against targetProfile and aggregation of a profile.
  void check_rule(tree::Node reference, const ElementRule& rule);
  /// A canonical: a definition that is known here must be of a type the element allows.
  void check_canonical(tree::Node canonical);
  /// Contained resources of a resource: ids, no nesting, and that something refers to each.
  void check_contained(tree::Node resource);

 private:
  struct Target {
    Resolution found;
    std::string_view type;  ///< Of the resource, or what the text says of it; empty when neither is known.
  };
  [[nodiscard]] Target target_of(tree::Node reference, std::string_view text);
  [[nodiscard]] Severity severity_of(const Target& target) const;
  void check_base_types(tree::Node reference, const Target& target);
  void check_targets(tree::Node reference, const TypeRule& type, const Target& target);
  void check_aggregation(tree::Node reference, const TypeRule& type, const Target& target);
  Walk& walk_;
};

}  // namespace fhir::validate
