// Children of an element against the child rules of a profile: which rule each belongs to, how many there
// are, and which slice takes which.
#pragma once

#include <span>
#include <vector>

#include "fhir/validate/walk.hpp"

namespace fhir::validate {

class Slicer {
 public:
  explicit Slicer(Walk& walk) : walk_(walk) {}

  /// Reports cardinality and slicing; adds to `below`, parallel to `children`, the rules that apply to each.
  void check(tree::Node node, const Active& active, std::span<const tree::Node> children,
             std::span<Actives> below);

 private:
  using Members = std::vector<std::size_t>;  ///< Positions among the children.
  struct Group {
    tree::Node parent;
    const Program* program;
    std::span<const tree::Node> children;
    std::span<Actives> below;
  };

  void check_count(const Group& group, const ElementRule& rule, std::size_t count);
  /// Distributes the members over the slices of `entry`. `slicing` is that of the entry, or, for a slice that
  /// is sliced again without saying how, that of the element.
  void distribute(const Group& group, const ElementRule& entry, const Slicing& slicing,
                  const Members& members);
  void report_unmatched(const Group& group, const ElementRule& entry, const Slicing& slicing,
                        std::span<const std::size_t> taken, const Members& members);
  [[nodiscard]] bool fits(tree::Node child, const Group& group, const ElementRule& slice,
                          const Slicing& slicing);
  /// A discriminator for which the slice prescribes nothing is silent; one at least must speak.
  enum class Fit : std::uint8_t { kNo, kYes, kSilent };
  [[nodiscard]] Fit fits(tree::Node child, const Active& slice, const Discriminator& discriminator);
  [[nodiscard]] Fit fits_value(std::span<const tree::Node> found, std::span<const Active> rules);
  [[nodiscard]] static Fit fits_presence(std::span<const tree::Node> found, std::span<const Active> rules);
  [[nodiscard]] bool prescribes(const Active& rule, unsigned depth) const;
  [[nodiscard]] bool fits_type(tree::Node found, std::span<const Active> rules, bool resolved);
  [[nodiscard]] bool fits_profile(tree::Node found, std::span<const Active> rules, bool resolved);
  [[nodiscard]] bool has_prescribed(tree::Node node, const Active& rule, unsigned depth);

  /// The elements, and the rules within the slice, that a discriminator path leads to.
  [[nodiscard]] std::vector<tree::Node> elements_at(tree::Node from,
                                                    std::span<const DiscriminatorStep> steps);
  [[nodiscard]] std::vector<Active> rules_at(const Active& from, std::span<const DiscriminatorStep> steps);
  /// `depth` counts profiles of types followed: they may refer to each other.
  void rules_below(const Active& from, const DiscriminatorStep& step, unsigned depth,
                   std::vector<Active>& out);

  Walk& walk_;
};

}  // namespace fhir::validate
