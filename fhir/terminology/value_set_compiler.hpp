// ValueSet.compose and ValueSet.expansion to the clauses of a compiled ValueSet.
#pragma once

#include <memory>
#include <string_view>

#include "fhir/terminology/library.hpp"
#include "fhir/terminology/value_set.hpp"
#include "fhir/tree/tree.hpp"

namespace fhir::terminology {

/// Used once for each set, with the lock of the library held.
class ValueSetCompiler {
 public:
  ValueSetCompiler(const Library& library, int depth) : library_(library), depth_(depth) {}

  [[nodiscard]] std::shared_ptr<const ValueSet> compile(tree::Node resource);
  /// Every code of one system.
  [[nodiscard]] std::shared_ptr<const ValueSet> whole_system(std::string_view system);

 private:
  void add_compose(tree::Node compose);
  void add_expansion(tree::Node expansion);
  [[nodiscard]] Clause clause_of(tree::Node rule);
  void read_listed(Clause& clause, tree::Node rule);
  void read_filters(Clause& clause, tree::Node rule);
  void read_imports(Clause& clause, tree::Node rule);
  void name_system(Clause& clause, std::string_view system, std::string_view version);
  static void make_uncheckable(Clause& clause, Missing missing);
  void note(const Clause& clause);

  const Library& library_;
  int depth_;
  std::shared_ptr<ValueSet> set_ = std::make_shared<ValueSet>();
};

}  // namespace fhir::terminology
