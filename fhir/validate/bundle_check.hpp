// The rules of Bundles that no cardinality states (FHIR R4 2.36, 2.42 documents, 2.41 messages).
#pragma once

#include <string_view>

#include "fhir/validate/walk.hpp"

namespace fhir::validate {

class BundleCheck {
 public:
  explicit BundleCheck(Walk& walk) : walk_(walk) {}
  /// Cost: linear in the nodes of the Bundle.
  void check(tree::Node bundle);

 private:
  /// About an entry. HL7's validator names another one, at position `official`; so does this one when asked.
  void report(const BundleEntry& entry, std::size_t official, Severity severity, IssueType type,
              std::string_view text);
  /// About a reference of the first entry that must lead to another, or about that entry's resource.
  void report_reference(tree::Node reference, IssueType type, std::string_view text);
  void check_full_urls(tree::Node bundle, const BundleIndex& index, std::string_view type);
  void check_full_url(const BundleEntry& entry);
  void check_links(tree::Node bundle, std::string_view type);
  void check_searchset(tree::Node bundle, const BundleIndex& index);
  void check_document(tree::Node bundle, const BundleIndex& index);
  void check_composition(const BundleIndex& index, tree::Node composition);
  void check_stylesheets(tree::Node bundle, const BundleIndex& index);
  void check_narrative_link(const BundleIndex& index, tree::Node url);
  void check_message(const BundleIndex& index);
  /// What a reference in an entry leads to. A relative one has a base only if the fullUrl of its entry ends
  /// with the type and id of the resource.
  [[nodiscard]] static Resolution find(const BundleIndex& index, const BundleEntry& from,
                                       std::string_view reference);
  void check_required(const BundleIndex& index, tree::Node reference);
  void check_sections(const BundleIndex& index, tree::Node composition);
  void check_reachable(const BundleIndex& index, Severity severity);
  void check_rules(const BundleIndex& index);
  Walk& walk_;
};

}  // namespace fhir::validate
