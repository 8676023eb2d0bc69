// One validation: the walk over a tree, with what is known of the place it is at. Internal to the validator.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include <boost/container/small_vector.hpp>

#include "fhir/definitions/definitions.hpp"
#include "fhir/path/evaluate.hpp"
#include "fhir/validate/findings.hpp"
#include "fhir/validate/invariants.hpp"
#include "fhir/validate/program.hpp"
#include "fhir/validate/program_store.hpp"
#include "fhir/validate/resolver.hpp"
#include "fhir/validate/validator.hpp"

namespace fhir::terminology {
class ValueSet;
}

namespace fhir::validate {

/// What all runs of one validator share. Immutable but for caches behind locks.
struct Shared {
  const definitions::Definitions& definitions;
  const packages::Registry& registry;
  const terminology::Terminology& terminology;
  const ValidatorOptions& options;
  const ProgramStore& programs;
  const BaseInvariants& invariants;
};

/// A rule of a profile that applies to an element.
struct Active {
  const Program* program = nullptr;
  const ElementRule* rule = nullptr;
  friend bool operator==(const Active&, const Active&) = default;
};
using Actives = boost::container::small_vector<Active, 3>;

class Walk : private path::Host {
 public:
  Walk(const Shared& shared, tree::Node root, std::string_view source);
  ~Walk() override;

  /// The whole tree against the base definitions, meta.profile and `profiles`.
  IssueList run(std::span<const std::string> profiles);

  /// Would `node` pass the rule? Nothing is reported. A question within itself is answered with yes.
  [[nodiscard]] bool conforms(tree::Node node, const Active& active, bool with_base = false);
  [[nodiscard]] bool conforms(tree::Node node, std::string_view profile);

  /// Reports what is wrong with the resource against a profile alone.
  void check_also(tree::Node resource, std::string_view profile);

  /// The ValueSet with this id (`#id`) that `definition` contains, a StructureDefinition or Questionnaire;
  /// null when there is none.
  [[nodiscard]] const terminology::ValueSet* contained_set(tree::Node definition, std::string_view fragment);
  /// The bindings by profiles of the codings met so far, the last ones last.
  struct Bound {
    tree::Node coded;
    const ElementRule* rule;
  };
  [[nodiscard]] std::vector<Bound>& bound() noexcept { return bound_; }

  [[nodiscard]] const Shared& shared() const noexcept { return shared_; }
  [[nodiscard]] Findings& findings() noexcept { return findings_; }
  [[nodiscard]] Resolver& resolver() noexcept { return resolver_; }
  [[nodiscard]] path::Host& host() noexcept { return *this; }
  [[nodiscard]] tree::Node root() const noexcept { return root_; }
  /// The resource around the element the walk is at, and the one that contains that.
  [[nodiscard]] tree::Node resource() const noexcept { return resource_; }
  [[nodiscard]] tree::Node container() const noexcept { return container_; }
  /// Does the walk check the base definitions, too, and not a profile alone?
  [[nodiscard]] bool checks_base() const noexcept { return base_; }

 private:
  static constexpr unsigned kMaxDepth = 256;

  void visit(tree::Node node, Actives& actives, unsigned depth);
  void visit_resource(tree::Node node, Actives& actives, unsigned depth);
  void visit_children(tree::Node node, const Actives& actives, unsigned depth);

  // Base definitions: base_rules.cpp.
  void check_base(tree::Node node, const tree::TypeRow& row, ChildMask& present);
  void check_cardinality(tree::Node node, tree::RowId row_id, const tree::TypeRow& row, ChildMask& present);
  void check_primitive(tree::Node node, const tree::TypeRow& row);
  void check_content(tree::Node node);
  void check_element_id(tree::Node id);
  void check_invariants(tree::Node node, tree::RowId row_id, const ChildMask& present);
  [[nodiscard]] bool holds(tree::Node node, const InvariantCheck& check);
  [[nodiscard]] const tree::TypeRow& slot_of(tree::RowId parent, tree::Node child) const;

  // Profiles: profile_rules.cpp.
  void apply_profiles(tree::Node resource, Actives& actives);
  void apply(tree::Node node, std::string_view profile, Actives& actives, Severity when_unknown);
  void check_rule(tree::Node node, const Active& active, Actives& actives);
  void check_types(tree::Node node, const Active& active, Actives& actives);
  void check_values(tree::Node node, const ElementRule& rule, const Program& program);
  bool check_relative_limits(tree::Node node, const ElementRule& rule);
  void check_limits(tree::Node node, const ElementRule& rule);
  void check_constraints(tree::Node node, const Active& active);
  void check_children(tree::Node node, const Active& active, std::span<const tree::Node> children,
                      std::span<Actives> below);

  // path::Host.
  [[nodiscard]] tree::Node resolve(std::string_view reference, tree::Node from) override;
  [[nodiscard]] std::optional<bool> member_of(tree::Node coded, std::string_view value_set) override;
  [[nodiscard]] std::optional<bool> conforms_to(tree::Node node, std::string_view profile) override;
  [[nodiscard]] std::optional<bool> html_checks(tree::Node xhtml) override;

  friend class Slicer;

  struct Question {
    const tree::Tree* tree;
    tree::NodeIndex node;
    const ElementRule* rule;
    bool with_base;
    friend bool operator==(const Question&, const Question&) = default;
  };
  struct QuestionHash {
    std::size_t operator()(const Question& question) const noexcept {
      return std::hash<const void*>{}(question.rule) ^ (std::size_t{question.node} * 0x9E3779B97F4A7C15u) ^
             std::hash<const void*>{}(question.tree);
    }
  };
  struct Answer {
    bool decided = false;
    bool conforms = true;
  };

  const Shared& shared_;
  tree::Node root_;
  Findings findings_;
  Resolver resolver_;
  bool base_ = true;
  tree::Node resource_;
  tree::Node container_;
  unsigned nested_ = 0;
  tree::NameId attachment_;  ///< The type `Attachment`, of the table.
  tree::NameId identifier_;  ///< The type `Identifier`.
  std::vector<std::uint32_t> counts_;
  std::unordered_set<std::string> element_ids_;  ///< With the resource they stand in.
  std::unordered_map<Question, Answer, QuestionHash> answers_;
  std::vector<Bound> bound_;
  std::map<std::pair<const tree::Tree*, tree::NodeIndex>, std::shared_ptr<const terminology::ValueSet>>
      contained_sets_;
};

}  // namespace fhir::validate
