// What the validator says of a resource in a test.
#pragma once

#include <gtest/gtest.h>
#include <initializer_list>
#include <set>
#include <string>
#include <utility>

#include "fhir/definitions/definitions.hpp"
#include "fhir/json/reader.hpp"
#include "fhir/packages/registry.hpp"
#include "fhir/terminology/terminology.hpp"
#include "fhir/validate/validator.hpp"

namespace fhir::validate::test {

using Places = std::set<std::string>;

inline tree::TreePtr read(const std::string& json) {
  tree::ReadOutcome outcome = json::read(json, definitions::r4());
  EXPECT_NE(outcome.tree, nullptr) << json;
  return std::move(outcome.tree);
}

/// The places of the issues of one severity. `definitions` are the resources known beside FHIR R4.
inline Places places(Severity severity, const std::string& resource,
                     std::initializer_list<std::string> definitions = {}, ValidatorOptions options = {}) {
  packages::Registry registry = packages::Registry::core();
  for (const std::string& definition : definitions)
    EXPECT_TRUE(registry.add(read(definition)).has_value()) << definition;
  const terminology::Terminology terms(registry);
  const Validator validator(registry, terms, std::move(options));
  const tree::TreePtr tree = read(resource);
  const IssueList issues = validator.validate(tree->root(), resource);
  Places found;
  for (const Issue& issue : issues.items()) {
    if (issue.severity == severity) found.insert(issue.expression);
  }
  return found;
}

inline Places errors(const std::string& resource, std::initializer_list<std::string> definitions = {},
                     ValidatorOptions options = {}) {
  return places(Severity::kError, resource, definitions, std::move(options));
}

}  // namespace fhir::validate::test
