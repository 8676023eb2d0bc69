// The official FHIRPath suite for R4, counted.
#include <algorithm>
#include <cctype>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <iterator>
#include <libxml/parser.h>
#include <libxml/tree.h>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "fhir/definitions/definitions.hpp"
#include "fhir/json/reader.hpp"
#include "fhir/path/evaluate.hpp"
#include "fhir/path/render.hpp"
#include "fhir/path/tree_host.hpp"
#include "fhir/xml/reader.hpp"
#include "tests/conformance/suites.hpp"

namespace fhir::path {
namespace {

/// The number of tests that pass must not fall below this.
constexpr std::size_t kReached = 935;
constexpr std::size_t kTestsInSuite = 935;

struct Output {
  std::string type;
  std::string text;
};

struct SuiteTest {
  std::string name;
  std::string input_file;
  std::string expression;
  std::string invalid;
  bool strict = false;
  bool predicate = false;
  bool ordered = true;
  std::vector<Output> outputs;
};

std::string attribute(xmlNodePtr node, const char* name) {
  xmlChar* value = xmlGetProp(node, reinterpret_cast<const xmlChar*>(name));
  if (value == nullptr) return {};
  std::string text(reinterpret_cast<const char*>(value));
  xmlFree(value);
  return text;
}

std::string content(xmlNodePtr node) {
  xmlChar* value = xmlNodeGetContent(node);
  std::string text(reinterpret_cast<const char*>(value));
  xmlFree(value);
  return text;
}

bool is_element(xmlNodePtr node, const char* name) {
  return node->type == XML_ELEMENT_NODE &&
         xmlStrEqual(node->name, reinterpret_cast<const xmlChar*>(name)) != 0;
}

SuiteTest read_test(xmlNodePtr node) {
  SuiteTest test;
  test.name = attribute(node, "name");
  test.input_file = attribute(node, "inputfile");
  test.invalid = attribute(node, "invalid");
  test.strict = attribute(node, "mode") == "strict";
  test.predicate = attribute(node, "predicate") == "true";
  test.ordered = attribute(node, "ordered") != "false";
  for (xmlNodePtr part = node->children; part != nullptr; part = part->next) {
    if (is_element(part, "expression")) {
      test.expression = content(part);
      if (test.invalid.empty()) test.invalid = attribute(part, "invalid");
      test.strict = test.strict || attribute(part, "mode") == "strict";
    }
    if (is_element(part, "output")) test.outputs.push_back({attribute(part, "type"), content(part)});
  }
  return test;
}

std::vector<SuiteTest> read_suite(const std::filesystem::path& path) {
  std::vector<SuiteTest> tests;
  const std::unique_ptr<xmlDoc, void (*)(xmlDocPtr)> document(
      xmlReadFile(path.c_str(), nullptr, XML_PARSE_NONET), xmlFreeDoc);
  if (!document) return tests;
  for (xmlNodePtr group = xmlDocGetRootElement(document.get())->children; group != nullptr;
       group = group->next) {
    if (!is_element(group, "group")) continue;
    for (xmlNodePtr test = group->children; test != nullptr; test = test->next) {
      if (is_element(test, "test")) tests.push_back(read_test(test));
    }
  }
  return tests;
}

class Inputs {
 public:
  explicit Inputs(std::filesystem::path folder) : folder_(std::move(folder)) {}
  tree::TreePtr get(const std::string& name) {
    tree::TreePtr& tree = trees_[name];
    if (tree == nullptr) {
      const std::string bytes = conformance::bytes_of(folder_ / name);
      const bool json = name.ends_with(".json");
      tree = (json ? json::read(bytes, definitions::r4()) : xml::read(bytes, definitions::r4())).tree;
    }
    return tree;
  }

 private:
  std::filesystem::path folder_;
  std::map<std::string, tree::TreePtr> trees_;
};

/// The suite writes dates as literals.
std::string plain(const Output& output) {
  if (output.text.starts_with("@T")) return output.text.substr(2);
  return output.text.starts_with("@") ? output.text.substr(1) : output.text;
}

bool matches(const Output& expected, const Value& value) {
  if (plain(expected) != text_of(value).value_or("")) return false;
  // Dates with a time are called `date` in places.
  const std::string_view type = result_type(value);
  return expected.type.empty() || expected.type == type || (expected.type == "date" && type == "dateTime");
}

std::string show(const Collection& items) {
  std::string out;
  for (const Value& item : items)
    append_result(out, item);
  return out.empty() ? "{}" : out;
}

/// Empty when the test passes, else what came instead.
std::string run(const SuiteTest& test, Inputs& inputs, const Clock& clock) {
  const tree::TreePtr tree = test.input_file.empty() ? nullptr : inputs.get(test.input_file);
  if (!test.input_file.empty() && tree == nullptr) return "no input";
  const tree::Node root = tree ? tree->root() : tree::Node();
  CompileOptions options;
  options.strict = test.strict;
  options.input_type = root.type();
  const auto plan = Plan::compile(test.expression, definitions::r4(), options);
  const std::unique_ptr<TreeHost> host = root ? std::make_unique<TreeHost>(root) : nullptr;
  EvalContext context;
  context.root = root;
  context.clock = &clock;
  context.host = host.get();
  const auto result =
      plan ? evaluate(**plan, context) : Outcome<Collection>(tl::unexpected<Failure>(plan.error()));
  if (!test.invalid.empty()) {
    if (result) return "no failure but " + show(*result);
    const bool kind_fits = test.invalid == "true" || test.invalid == to_text(result.error().kind);
    return kind_fits ? "" : "wrong kind: " + to_text(result.error());
  }
  if (!result) return to_text(result.error());
  if (test.predicate) {
    const auto met = evaluate_boolean(**plan, context);
    return met && *met && test.outputs.front().text == (**met ? "true" : "false") ? "" : "predicate not met";
  }
  if (result->size() != test.outputs.size()) return show(*result);
  std::vector<Output> open = test.outputs;
  for (const Value& item : *result) {
    const auto fits = [&item](const Output& output) { return matches(output, item); };
    const auto found = test.ordered ? (fits(open.front()) ? open.begin() : open.end())
                                    : std::find_if(open.begin(), open.end(), fits);
    if (found == open.end()) return show(*result);
    open.erase(found);
  }
  return "";
}

std::map<std::string, std::string> read_skips() {
  std::map<std::string, std::string> skips;
  std::ifstream file(std::string(LIGAMENT_SOURCE_DIR) + "/tests/conformance/path/skip_list.txt");
  for (std::string line; std::getline(file, line);) {
    if (line.empty() || line.front() == '#') continue;
    const std::size_t space = line.find(' ');
    skips[line.substr(0, space)] = space == std::string::npos ? "" : line.substr(space + 1);
  }
  return skips;
}

TEST(FhirPathSuite, OfficialR4TestsPassButForTheNamedExceptions) {
  const std::filesystem::path folder = conformance::suite("fhir-test-cases/r4");
  if (folder.empty()) GTEST_SKIP() << "no fhir-test-cases in LIGAMENT_SUITES";
  const std::vector<SuiteTest> tests = read_suite(folder / "fhirpath" / "tests-fhir-r4.xml");
  ASSERT_EQ(tests.size(), kTestsInSuite);
  Inputs inputs(folder);
  const SystemClock clock;
  const auto skips = read_skips();
  std::size_t passed = 0;
  for (const SuiteTest& test : tests) {
    const std::string problem = run(test, inputs, clock);
    const auto skip = skips.find(test.name);
    if (problem.empty()) {
      ++passed;
      EXPECT_EQ(skip, skips.end()) << test.name << " passes and is in the skip list";
    } else if (skip == skips.end()) {
      ADD_FAILURE() << test.name << ": " << test.expression << "\n  gave " << problem;
    } else {
      EXPECT_FALSE(skip->second.empty()) << test.name << " is skipped without a reason";
    }
  }
  std::printf("FHIRPath R4 suite: %zu of %zu\n", passed, tests.size());
  EXPECT_GE(passed, kReached);
}

}  // namespace
}  // namespace fhir::path
