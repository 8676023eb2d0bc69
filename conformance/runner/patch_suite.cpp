#include "conformance/runner/patch_suite.hpp"

#include <libxml/parser.h>
#include <libxml/tree.h>
#include <memory>

#include "conformance/runner/files.hpp"
#include "fhir/json/reader.hpp"
#include "fhir/json/writer.hpp"
#include "fhir/patch/fhirpath_patch.hpp"
#include "fhir/patch/json_patch.hpp"

namespace conformance {

namespace {

bool is_element(xmlNodePtr node, const char* name) {
  return node->type == XML_ELEMENT_NODE &&
         (name == nullptr || xmlStrEqual(node->name, reinterpret_cast<const xmlChar*>(name)) != 0);
}

xmlNodePtr child(xmlNodePtr node, const char* name) {
  xmlNodePtr at = node == nullptr ? nullptr : node->children;
  while (at != nullptr && !is_element(at, name))
    at = at->next;
  return at;
}

std::string attribute(xmlNodePtr node, const char* name) {
  xmlChar* const value = xmlGetProp(node, reinterpret_cast<const xmlChar*>(name));
  if (value == nullptr) return {};
  std::string text(reinterpret_cast<const char*>(value));
  xmlFree(value);
  return text;
}

/// The resource in an element of the suite.
fhir::tree::ReadOutcome resource_in(xmlNodePtr holder) {
  const std::unique_ptr<xmlBuffer, void (*)(xmlBufferPtr)> buffer(xmlBufferCreate(), xmlBufferFree);
  xmlNode* const resource = child(holder, nullptr);
  if (resource != nullptr) xmlNodeDump(buffer.get(), resource->doc, resource, 0, 0);
  return read_resource(reinterpret_cast<const char*>(xmlBufferContent(buffer.get())));
}

/// Line breaks and runs of blanks are not compared: the suite lays narrative out anew.
std::string loose(const std::string& json) {
  std::string out;
  for (std::size_t at = 0; at < json.size(); ++at) {
    const bool newline = json[at] == '\\' && at + 1 < json.size() && json[at + 1] == 'n';
    if (newline) ++at;
    if (!newline && json[at] != ' ') out.push_back(json[at]);
  }
  return out;
}

std::string first_issue(const fhir::IssueList& issues) {
  return issues.empty() ? "no issue" : issues.items().front().text;
}

std::string run_case(xmlNodePtr test) {
  const auto input = resource_in(child(test, "input"));
  const auto diff = resource_in(child(test, "diff"));
  if (!input.tree || !diff.tree) return "the case cannot be read";
  const auto outcome = fhir::patch::apply_fhirpath_patch(input.tree->root(), diff.tree->root());
  xmlNode* const output = child(test, "output");
  if (output == nullptr) return outcome.tree ? "applied, and an error was expected" : "";
  if (!outcome.tree) return first_issue(outcome.issues);
  const std::string made = fhir::json::write(outcome.tree->root());
  const auto again = fhir::json::read(made, outcome.tree->table());
  if (again.issues.has_error()) return "cannot be read back: " + first_issue(again.issues);
  const auto expected = resource_in(output);
  if (!expected.tree) return "the output cannot be read";
  const std::string wanted = fhir::json::write(expected.tree->root());
  return loose(made) == loose(wanted) ? "" : made + "\n  is not " + wanted;
}

std::string run_json_case(const fhir::patch::JsonValue& test) {
  const auto* const document = test.member("doc");
  const auto* const patch = test.member("patch");
  if (document == nullptr || patch == nullptr) return "the case cannot be read";
  fhir::patch::JsonValue result = *document;
  fhir::IssueList issues;
  const bool applied = fhir::patch::apply_json_patch(result, fhir::patch::write_json(*patch), issues);
  const auto* const expected = test.member("expected");
  if (expected == nullptr) return applied ? "applied, and an error was expected" : "";
  if (!applied) return first_issue(issues);
  return equal(result, *expected) ? "" : "gave " + fhir::patch::write_json(result);
}

}  // namespace

std::vector<PatchResult> run_fhirpath_patch_suite(const std::filesystem::path& folder) {
  std::vector<PatchResult> results;
  const std::unique_ptr<xmlDoc, void (*)(xmlDocPtr)> document(
      xmlReadFile((folder / "fhir-patch-tests.xml").c_str(), nullptr, XML_PARSE_NONET | XML_PARSE_NOERROR),
      xmlFreeDoc);
  if (!document) return results;
  for (xmlNodePtr test = child(xmlDocGetRootElement(document.get()), "case"); test != nullptr;
       test = test->next) {
    if (is_element(test, "case")) results.push_back({attribute(test, "name"), run_case(test)});
  }
  return results;
}

std::vector<PatchResult> run_json_patch_suite(const std::filesystem::path& folder) {
  std::vector<PatchResult> results;
  const auto tests = fhir::patch::parse_json(bytes_of(folder / "json-patch-tests.json"), 1'000'000);
  if (!tests) return results;
  for (const fhir::patch::JsonValue& test : tests->items) {
    const auto* const comment = test.member("comment");
    results.push_back({comment != nullptr ? comment->text : "", run_json_case(test)});
  }
  return results;
}

}  // namespace conformance
