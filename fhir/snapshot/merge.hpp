// Merges a differential into the elements of a base, step by step down the tree.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "fhir/base/issue.hpp"
#include "fhir/snapshot/difference.hpp"
#include "fhir/snapshot/element.hpp"
#include "fhir/snapshot/structures.hpp"
#include "fhir/snapshot/unfold.hpp"

namespace fhir::snapshot {

struct MergeSettings {
  std::string url;           ///< Of the profile: source of its constraints.
  std::string type_url;      ///< Canonical of the type.
  bool specializes = false;  ///< The differential may add elements.
  bool is_fhir_type = true;  ///< Not a logical model: its new elements obey the rules of Element.
};

/// Not thread-safe. Depth of recursion is that of the differential, which is bounded.
class Merge {
 public:
  /// All outlive the merge.
  Merge(Structures& structures, const MergeSettings& settings, IssueList& issues)
      : structures_(structures),
        settings_(settings),
        issues_(issues),
        unfolder_(structures, settings.type_url, settings.specializes) {}

  void run(Element& root, const Difference& difference);

 private:
  struct Target {
    Element* unsliced = nullptr;
    std::string choice_type;  ///< `Quantity`, when the differential says valueQuantity.
  };
  struct Change {
    const Difference* difference;
    std::string choice_type;
  };
  struct Group {
    Element* unsliced;
    std::vector<Change> changes;
  };
  /// Where children are merged.
  struct Scope {
    Element* parent;
    bool in_slice;  ///< Below a slice, among elements its base had.
  };

  void merge_children(Element& element, const Difference& difference, bool in_slice);
  [[nodiscard]] Target locate(Element& parent, const Difference& difference) const;
  Element* add_element(Element& parent, const Difference& difference);
  void inherit_constraints(Definition& definition);
  void merge_group(const Scope& scope, const Group& group);
  [[nodiscard]] static bool is_of_slice(const Scope& scope, const Group& group, const Change& change);
  void change(Element& element, const Difference& difference);
  void adopt_profile(Element& element, const Difference& difference);
  [[nodiscard]] bool check_profile(tree::Node structure, tree::Node type, const Difference& difference);

  void merge_slices(Element& parent, Element& unsliced, const Element& before,
                    const std::vector<Change>& slices);
  Element* add_slice(Element& parent, const Element& before, const std::string& name,
                     const Difference& difference);
  void check_constraining(bool is_in_base, const Difference& difference);
  void set_default_slicing(Element& unsliced, const Difference& first);

  void merge_type_slices(Element& parent, Element& unsliced, const Element& before,
                         const std::vector<Change>& slices);
  Element* type_slice(Element& parent, Element& unsliced, const Element& before, const Change& change);
  void settle_type_slicing(Element& parent, Element& unsliced, const std::vector<Element*>& changed,
                           const Change& last);

  void error(const Difference& difference, IssueType type, std::string text);
  [[nodiscard]] bool check(const Status& status, const Difference& difference);

  Structures& structures_;
  const MergeSettings& settings_;
  IssueList& issues_;
  Unfolder unfolder_;
  bool stopped_ = false;
  bool takes_profile_count_ = false;  ///< The slice now changed is of an element its base does not slice.
};

}  // namespace fhir::snapshot
