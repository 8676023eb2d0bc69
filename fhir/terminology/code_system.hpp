// A CodeSystem compiled for lookups: its concepts in a flat array, hashed by code, with their hierarchy.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "fhir/tree/tree.hpp"

namespace fhir::terminology {

/// Index of a concept in its system.
using ConceptIndex = std::uint32_t;

/// CodeSystem.content (FHIR R4 4.8.5).
enum class Content : std::uint8_t { kComplete, kFragment, kExample, kNotPresent, kSupplement };

struct Concept {
  std::string_view code;
  std::string_view display;
  tree::Node node;        ///< CodeSystem.concept.
  bool inactive = false;  ///< Property `inactive`, or `status` of retired or inactive.
  bool abstract = false;  ///< Property `notSelectable` or `abstract`.
};

/// Immutable; any thread. Texts and nodes are those of the resource, which outlives this.
///
/// The hierarchy is that of nested concepts and of the properties whose meaning is parent, child or
/// subsumedBy; a concept may have several parents, and cycles do no harm.
class CodeSystem {
 public:
  static constexpr std::size_t kMaxConcepts = 500'000;

  /// Compiles `resource`, adding the designations and properties of `supplements`. Concepts past the limit
  /// are left out, and the content is then kFragment. Cost: linear.
  CodeSystem(tree::Node resource, std::span<const tree::Node> supplements);

  [[nodiscard]] tree::Node resource() const noexcept { return resource_; }
  [[nodiscard]] std::string_view url() const noexcept { return url_; }
  [[nodiscard]] std::string_view version() const noexcept { return version_; }
  [[nodiscard]] Content content() const noexcept { return content_; }
  /// False unless the system says that case matters: then other case is tolerated and told.
  [[nodiscard]] bool case_sensitive() const noexcept { return case_sensitive_; }

  [[nodiscard]] std::span<const Concept> concepts() const noexcept { return concepts_; }
  [[nodiscard]] const Concept& at(ConceptIndex index) const noexcept { return concepts_[index]; }
  /// Exactly, then in other case where the system ignores case.
  [[nodiscard]] std::optional<ConceptIndex> find(std::string_view code) const;

  [[nodiscard]] std::span<const ConceptIndex> parents(ConceptIndex index) const noexcept {
    return parents_.of(index);
  }
  [[nodiscard]] std::span<const ConceptIndex> children(ConceptIndex index) const noexcept {
    return children_.of(index);
  }
  /// `index` and all below it. Cost: linear in them.
  [[nodiscard]] std::vector<ConceptIndex> descendants_and_self(ConceptIndex index) const;
  /// `index` and all above it.
  [[nodiscard]] std::vector<ConceptIndex> ancestors_and_self(ConceptIndex index) const;
  [[nodiscard]] bool is_a(ConceptIndex special, ConceptIndex general) const;

  /// The concepts of supplements for `index`.
  [[nodiscard]] std::span<const tree::Node> supplements(ConceptIndex index) const;
  /// `display` is the display or a designation of the concept, supplements included; see same_display().
  [[nodiscard]] bool is_display(ConceptIndex index, std::string_view display) const;

 private:
  using Edge = std::pair<ConceptIndex, ConceptIndex>;  // parent, child
  /// For each concept a range of concepts.
  struct Links {
    std::vector<std::uint32_t> begins;
    std::vector<ConceptIndex> targets;
    void assign(std::size_t count, const std::vector<Edge>& edges, bool by_parent);
    [[nodiscard]] std::span<const ConceptIndex> of(ConceptIndex index) const noexcept {
      return std::span(targets).subspan(begins[index], begins[index + 1] - begins[index]);
    }
  };
  void add_concepts(std::vector<Edge>& edges);
  void add_edges_of_properties(std::vector<Edge>& edges) const;
  void add_supplement(tree::Node supplement);
  [[nodiscard]] std::vector<ConceptIndex> reach(ConceptIndex from, const Links& links) const;

  tree::Node resource_;
  std::string_view url_;
  std::string_view version_;
  Content content_ = Content::kComplete;
  bool case_sensitive_ = false;
  std::vector<Concept> concepts_;
  std::unordered_map<std::string_view, ConceptIndex> by_code_;
  std::unordered_map<std::string, ConceptIndex> by_folded_code_;
  std::unordered_map<ConceptIndex, std::vector<tree::Node>> supplements_;
  Links parents_;
  Links children_;
};

/// The value of a property of a concept node: the code of a Coding, else the text. Empty when it has none.
[[nodiscard]] std::string_view property_value(tree::Node property);

}  // namespace fhir::terminology
