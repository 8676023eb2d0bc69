#include "conformance/runner/fhirpath_suite.hpp"

#include <algorithm>
#include <libxml/parser.h>
#include <libxml/tree.h>
#include <map>
#include <memory>
#include <utility>

#include "conformance/runner/files.hpp"
#include "fhir/definitions/definitions.hpp"
#include "fhir/path/evaluate.hpp"
#include "fhir/path/render.hpp"
#include "fhir/path/tree_host.hpp"

namespace conformance {

namespace {

namespace path = fhir::path;
namespace tree = fhir::tree;
using path::Collection;
using path::Outcome;
using path::Value;

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
    tree::TreePtr& known = trees_[name];
    if (known == nullptr) {
      known = read_resource(bytes_of(folder_ / name)).tree;
    }
    return known;
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
std::string run(const SuiteTest& test, Inputs& inputs, const fhir::Clock& clock) {
  const tree::TreePtr input = test.input_file.empty() ? nullptr : inputs.get(test.input_file);
  if (!test.input_file.empty() && input == nullptr) return "no input";
  const tree::Node root = input ? input->root() : tree::Node();
  path::CompileOptions options;
  options.strict = test.strict;
  options.input_type = root.type();
  const auto plan = path::Plan::compile(test.expression, fhir::definitions::r4(), options);
  const std::unique_ptr<path::TreeHost> host = root ? std::make_unique<path::TreeHost>(root) : nullptr;
  path::EvalContext context;
  context.root = root;
  context.clock = &clock;
  context.host = host.get();
  const auto result =
      plan ? evaluate(**plan, context) : Outcome<Collection>(tl::unexpected<path::Failure>(plan.error()));
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

}  // namespace

std::vector<FhirPathResult> run_fhirpath_suite(const std::filesystem::path& folder) {
  std::vector<FhirPathResult> results;
  Inputs inputs(folder);
  const fhir::SystemClock clock;
  for (const SuiteTest& test : read_suite(folder / "fhirpath" / "tests-fhir-r4.xml"))
    results.push_back({test.name, test.expression, run(test, inputs, clock)});
  return results;
}

}  // namespace conformance
