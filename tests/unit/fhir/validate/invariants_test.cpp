// Invariants of the base definitions: every expression compiles, and what is answered by code or skipped is
// what the published expression says, over all official examples.
#include "fhir/validate/invariants.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <iterator>
#include <string>

#include "fhir/json/reader.hpp"
#include "fhir/packages/registry.hpp"
#include "fhir/path/evaluate.hpp"
#include "fhir/path/tree_host.hpp"
#include "fhir/terminology/terminology.hpp"
#include "fhir/validate/validator.hpp"

namespace fhir::validate {
namespace {

using definitions::Definitions;

std::filesystem::path examples() {
  const char* const root = std::getenv("LIGAMENT_SUITES");
  const std::filesystem::path suites = root != nullptr
                                           ? std::filesystem::path(root)
                                           : std::filesystem::path(LIGAMENT_SOURCE_DIR) / "../shared/suites";
  return suites / "r4-examples";
}

std::string bytes_of(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

path::PlanPtr published_plan(const Definitions& r4, std::uint32_t invariant) {
  path::CompileOptions options;
  options.as_filters = true;
  auto plan = path::Plan::compile(r4.text(r4.invariants[invariant].expression), r4.table, options);
  return plan.has_value() ? *plan : nullptr;
}

bool is_true(const path::Plan& plan, tree::Node node, tree::Node resource, path::Host& host) {
  const path::Value focus(node);
  path::EvalContext context;
  context.root = resource;
  context.focus = std::span(&focus, 1);
  context.host = &host;
  const auto result = path::evaluate_boolean(plan, context);
  return result.has_value() && result->value_or(false);
}

ChildMask present_in(tree::Node node, const Definitions& r4) {
  ChildMask present;
  for (tree::Node child = node.first_child(); child; child = child.next_sibling()) {
    const tree::TypeRow& row = child.row();
    const tree::RowId slot = row.kind == tree::TypeKind::kResource
                                 ? r4.table.child(node.row_id(), child.name_id())
                                 : child.row_id();
    present.set(r4.table.row(slot).order);
  }
  return present;
}

TEST(BaseInvariants, EveryExpressionCompiles) {
  const Definitions& r4 = definitions::r4_definitions();
  for (const bool errata : {false, true}) {
    const BaseInvariants invariants(r4, errata);
    for (std::uint32_t i = 0; i < r4.invariants.size(); ++i)
      EXPECT_NE(invariants.plan(i), nullptr)
          << r4.text(r4.invariants[i].key) << " " << invariants.expression(i);
  }
}

TEST(BaseInvariants, CorrectedTextsStandForPublishedOnes) {
  EXPECT_EQ(corrected_expression("ele-1", "hasValue()"), "");
  EXPECT_NE(corrected_expression("bdl-8", "fullUrl.contains('/_history/').not()"), "");
  EXPECT_EQ(corrected_expression("inv-1", "lastModified >= authoredOn"), "");
}

/// Checks one element: what would be skipped is true, and restated expressions agree with the published ones.
class Agreement {
 public:
  Agreement(const Definitions& r4, const BaseInvariants& invariants) : r4_(r4), invariants_(invariants) {}

  void check(tree::Node node, tree::Node resource, path::Host& host, const std::string& file) {
    const ChildMask present = present_in(node, r4_);
    for (const InvariantCheck& check : invariants_.of(node.row_id())) {
      const bool skipped = check.skip_when_absent && !check.reads.meets(present);
      const std::string_view key = r4_.text(r4_.invariants[check.invariant].key);
      if (key == "ref-1") continue;  // %rootResource differs here
      const path::PlanPtr published = published_plan(r4_, check.invariant);
      ASSERT_NE(published, nullptr);
      const bool expected = is_true(*published, node, resource, host);
      const bool actual = skipped || is_true(*check.plan, node, resource, host);
      EXPECT_EQ(actual, expected) << file << " " << key << (skipped ? " skipped" : "");
      skipped_ += skipped ? 1 : 0;
      ++checked_;
    }
  }
  std::size_t skipped_ = 0;
  std::size_t checked_ = 0;

 private:
  const Definitions& r4_;
  const BaseInvariants& invariants_;
};

TEST(BaseInvariants, SkippedAndRestatedOnesAgreeWithThePublishedOverTheExamples) {
  if (!std::filesystem::exists(examples())) GTEST_SKIP() << "no suites at " << examples();
  const Definitions& r4 = definitions::r4_definitions();
  const BaseInvariants invariants(r4, false);
  Agreement agreement(r4, invariants);
  std::size_t files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(examples())) {
    if (entry.path().extension() != ".json" || entry.file_size() > 12'000) continue;
    if (++files % 3 != 0) continue;
    const tree::ReadOutcome read = json::read(bytes_of(entry.path()), r4.table);
    ASSERT_NE(read.tree, nullptr);
    path::TreeHost host(read.tree->root());
    const std::string name = entry.path().filename().string();
    for (tree::NodeIndex i = 0; i < read.tree->node_count(); ++i) {
      const tree::Node node(read.tree.get(), i);
      tree::Node resource = node;
      while (!resource.is_resource())
        resource = resource.parent();
      agreement.check(node, resource, host, name);
    }
  }
  EXPECT_GT(agreement.checked_, 1'000u);
  EXPECT_GT(agreement.skipped_, agreement.checked_ / 3);
}

/// Resources that break the invariants answered by code, each in its own way.
constexpr std::string_view kBroken[] = {
    R"({"resourceType":"Patient","name":[{"id":"a"}],"contact":[{}]})",
    R"({"resourceType":"Patient","contained":[{"resourceType":"Organization","id":"o","name":"a"}]})",
    R"({"resourceType":"Patient","contained":[{"resourceType":"Organization","id":"o","name":"a"}],
        "managingOrganization":{"reference":"#o"}})",
    R"({"resourceType":"Patient","managingOrganization":{"reference":"#o"}})",
    R"({"resourceType":"Patient","extension":[{"url":"http://example.org/e"}]})",
    R"({"resourceType":"Bundle","type":"collection","entry":[
        {"fullUrl":"http://s.invalid/Patient/a","resource":{"resourceType":"Patient","id":"a"}},
        {"fullUrl":"http://s.invalid/Patient/a","resource":{"resourceType":"Patient","id":"a"}}]})",
};

tree::Node container_around(tree::Node node) {
  tree::Node found;
  for (tree::Node at = node; at; at = at.parent()) {
    if (!at.is_resource()) continue;
    found = at;
    if (at.name() != "contained") break;
  }
  return found;
}

/// Elements on which the published expression of `key` does not hold.
std::size_t published_failures(const tree::Tree& tree, std::string_view key, const Definitions& r4,
                               const BaseInvariants& invariants) {
  std::size_t failures = 0;
  path::TreeHost host(tree.root());
  for (std::uint32_t invariant = 0; invariant < r4.invariants.size(); ++invariant) {
    if (r4.text(r4.invariants[invariant].key) != key) continue;
    const path::PlanPtr plan = published_plan(r4, invariant);
    for (tree::NodeIndex i = 0; i < tree.node_count(); ++i) {
      const tree::Node node(&tree, i);
      if (!invariants.carries(node.row_id(), invariant)) continue;
      const path::Value focus(node);
      path::EvalContext context;
      context.root = node;
      while (!context.root.is_resource())
        context.root = context.root.parent();
      context.root_resource = container_around(node);
      context.focus = std::span(&focus, 1);
      context.host = &host;
      const auto result = path::evaluate_boolean(*plan, context);
      if (!result.has_value() || !result->value_or(false)) ++failures;
    }
  }
  return failures;
}

TEST(BaseInvariants, ThoseAnsweredByCodeFailWhereThePublishedDo) {
  const Definitions& r4 = definitions::r4_definitions();
  const BaseInvariants invariants(r4, false);
  const packages::Registry registry = packages::Registry::core();
  const terminology::Terminology terminology(registry);
  const Validator validator(registry, terminology);
  for (const std::string_view key : {"ele-1", "dom-3", "ref-1", "ext-1", "bdl-7"}) {
    std::size_t failing = 0;
    for (const std::string_view text : kBroken) {
      const tree::TreePtr tree = json::read(text, r4.table).tree;
      ASSERT_NE(tree, nullptr);
      const std::size_t expected = published_failures(*tree, key, r4, invariants);
      const IssueList issues = validator.validate(tree->root());
      std::size_t actual = 0;
      for (const Issue& issue : issues.items())
        actual += issue.text.find(key) != std::string::npos ? 1 : 0;
      EXPECT_EQ(actual, expected) << key << " " << text;
      failing += expected;
    }
    EXPECT_GT(failing, 0u) << key;
  }
}

}  // namespace
}  // namespace fhir::validate
