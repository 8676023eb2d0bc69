// Extensions: is there a definition, may they stand where they stand, and what does their definition ask.
#pragma once

#include <string_view>

#include "fhir/validate/walk.hpp"

namespace fhir::validate {

class ExtensionCheck {
 public:
  explicit ExtensionCheck(Walk& walk) : walk_(walk) {}
  /// Reports, and adds the rules of the extension's definition to `actives`.
  void check(tree::Node extension, Actives& actives);

 private:
  void check_nested(tree::Node extension, std::string_view url);
  void check_unknown(tree::Node extension, std::string_view url);
  void check_context(tree::Node extension, const Program& program);
  void check_context_invariants(tree::Node host, const Program& program);
  void check_modifier(tree::Node extension, const Program& program);
  [[nodiscard]] static bool is_context_erratum(tree::Node host, const Program& program);
  [[nodiscard]] bool is_selected(tree::Node host, std::string_view expression);
  [[nodiscard]] bool is_in_context(tree::Node host, tree::Node context);
  Walk& walk_;
};

}  // namespace fhir::validate
