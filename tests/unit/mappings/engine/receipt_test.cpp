#include "mappings/engine/receipt.hpp"

#include <gtest/gtest.h>
#include <map>
#include <string>
#include <vector>

#include "fhir/tree/expression.hpp"
#include "sample.hpp"

namespace mappings::engine {
namespace {

TEST(Receipt, TellsSourceAndRuleOfEveryValue) {
  const std::string source =
      R"({"resourceType":"Patient","id":"p1","name":[{"family":"Smith","given":["Ann"]}],"gender":"male"})";
  const auto ran = sample::transform(sample::patient_map(R"(
  src.name as n -> tgt.name as t then {
    n.family -> t.family "family";
    n -> t.text = (n.given.first() & ' ' & n.family);
  } "name";
  src -> tgt.gender = 'other' "sex";)"),
                                     source);
  ASSERT_NE(ran.out.tree, nullptr) << ran.issues;
  const Receipt& receipt = ran.out.receipt;
  std::map<std::string, std::string> found;
  for (const ReceiptEntry& entry : receipt.entries) {
    std::string text = receipt.rule_name(entry.rule);
    for (std::uint32_t i = 0; i < entry.sources_count; ++i) {
      const fhir::tree::Node from(ran.source.get(), receipt.sources[entry.sources_begin + i]);
      text += " " + fhir::tree::expression(from);
      EXPECT_GT(from.source().length, 0u);
    }
    found[fhir::tree::expression({ran.out.tree.get(), entry.target})] = text;
  }
  const std::map<std::string, std::string> expected = {
      {"Patient.name[0].family", "http://example.org/m#main.family Patient.name[0].family"},
      {"Patient.name[0].text",
       "http://example.org/m#main.line 8 Patient.name[0].given[0] Patient.name[0].family"},
      {"Patient.gender", "http://example.org/m#main.sex Patient"}};
  EXPECT_EQ(found, expected);
  std::vector<std::string> unmapped;
  for (const auto index : receipt.unmapped)
    unmapped.push_back(fhir::tree::expression({ran.source.get(), index}));
  EXPECT_EQ(unmapped, (std::vector<std::string>{"Patient.id", "Patient.gender"}));
}

TEST(Receipt, WhatIsCopiedWholeComesFromItsPart) {
  const auto ran =
      sample::transform(sample::patient_map("src.name -> tgt.name \"n\";"),
                        R"({"resourceType":"Patient","name":[{"family":"A"},{"family":"B","given":["C"]}]})");
  ASSERT_NE(ran.out.tree, nullptr) << ran.issues;
  EXPECT_TRUE(ran.out.receipt.unmapped.empty());
  for (const ReceiptEntry& entry : ran.out.receipt.entries) {
    ASSERT_EQ(entry.sources_count, 1u);
    EXPECT_EQ(fhir::tree::expression({ran.source.get(), ran.out.receipt.sources[entry.sources_begin]}),
              fhir::tree::expression({ran.out.tree.get(), entry.target}));
  }
}

}  // namespace
}  // namespace mappings::engine
