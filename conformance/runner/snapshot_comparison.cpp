#include "conformance/runner/snapshot_comparison.hpp"

#include <algorithm>
#include <set>

#include "fhir/json/writer.hpp"

namespace conformance {
namespace {

using Aspects = std::map<std::string, std::string>;

/// Elements whose definition in the base of the expected results (R4B) is another than in R4.
bool is_other_in_r4b(const std::string& base_path, const std::string& aspect) {
  static const std::set<std::string> kOther = {
      "PlanDefinition constraints",
      "PlanDefinition.subject[x] types",
      "PlanDefinition.action.subject[x] types",
      "PlanDefinition.action.code binding",
      "PlanDefinition.action.reason binding",
      "PlanDefinition.action.participant.role binding",
      "Contract.term.action.performerType binding",
      "Contract.term.action.performerRole binding",
      "ExplanationOfBenefit.priority binding",
      "Composition.category binding",
      "Composition.confidentiality binding",
      "Observation.subject types",
      "Questionnaire.item constraints",
  };
  return kOther.count(base_path + " " + aspect) != 0;
}

std::string without_core_version(std::string_view canonical) {
  for (const std::string_view version : {"|4.3.0", "|4.0.1", "|4.1.0", "|4.0.0"}) {
    const std::size_t at = canonical.rfind(version);
    if (at != std::string_view::npos && at + version.size() == canonical.size())
      return std::string(canonical.substr(0, at));
  }
  return std::string(canonical);
}

std::string joined(std::vector<std::string> texts, bool sort = true) {
  if (sort) std::sort(texts.begin(), texts.end());
  std::string out;
  for (const std::string& text : texts)
    out += (out.empty() ? "" : ",") + text;
  return out;
}

std::vector<std::string> texts_of(tree::Node node, std::string_view name) {
  std::vector<std::string> out;
  for (const tree::Node child : node.children(name))
    out.push_back(without_core_version(child.text()));
  return out;
}

std::string types_of(tree::Node element) {
  std::vector<std::string> out;
  for (const tree::Node type : element.children("type")) {
    const std::string_view code = type.child("code").text();
    if (code == "CodeableReference" || code == "RatioRange" || code == "Meta") continue;
    out.push_back(std::string(code) + "(" + joined(texts_of(type, "profile")) + ";" +
                  joined(texts_of(type, "targetProfile")) + ")");
  }
  return joined(std::move(out));
}

std::string slicing_of(tree::Node element) {
  const tree::Node slicing = element.child("slicing");
  if (!slicing) return {};
  std::vector<std::string> discriminators;
  for (const tree::Node each : slicing.children("discriminator")) {
    discriminators.push_back(std::string(each.child("type").text()) + ":" +
                             std::string(each.child("path").text()));
  }
  const bool ordered = slicing.child("ordered").text() == "true";
  return joined(std::move(discriminators)) + " " + std::string(slicing.child("rules").text()) +
         (ordered ? " ordered" : "");
}

Aspects aspects_of(tree::Node element) {
  Aspects out;
  out["min"] = element.child("min").text();
  out["max"] = element.child("max").text();
  out["types"] = types_of(element);
  const tree::Node binding = element.child("binding");
  out["binding"] = std::string(binding.child("strength").text()) + " " +
                   without_core_version(binding.child("valueSet").text());
  for (const std::string_view name : {"fixed", "pattern"}) {
    const tree::Node value = element.child(name);
    if (value) out["values"] += std::string(value.serial_name()) + "=" + fhir::json::write(value);
  }
  std::vector<std::string> keys;
  for (const tree::Node constraint : element.children("constraint")) {
    if (constraint.child("key").text() != "dom-r4b") keys.emplace_back(constraint.child("key").text());
  }
  out["constraints"] = joined(std::move(keys));
  out["slicing"] = slicing_of(element);
  out["mustSupport"] = element.child("mustSupport").text() == "true" ? "true" : "";
  const std::string_view reference = element.child("contentReference").text();
  out["reference"] = reference.substr(std::min(reference.find('#'), reference.size()));
  out["base"] = element.child("base").child("path").text();
  return out;
}

void add_words(tree::Node element, Aspects& out) {
  for (const char* name : {"short", "definition", "comment", "requirements", "isModifier", "isSummary",
                           "orderMeaning", "meaningWhenMissing", "isModifierReason"}) {
    // Links in the published ones go to the specification at large, ours to its R4.
    std::string text(element.child(name).text());
    for (std::size_t at = text.find("/fhir/R4/"); at != std::string::npos; at = text.find("/fhir/R4/"))
      text.erase(at + 6, 3);
    out[name] = text;
  }
  out["alias"] = joined(texts_of(element, "alias"));
  out["condition"] = joined(texts_of(element, "condition"));
  std::vector<std::string> mappings;
  for (const tree::Node mapping : element.children("mapping")) {
    mappings.push_back(std::string(mapping.child("identity").text()) + "=" +
                       std::string(mapping.child("map").text()));
  }
  out["mapping"] = joined(std::move(mappings));
}

std::vector<std::string> ids_of(tree::Node structure) {
  std::vector<std::string> out;
  for (const tree::Node element : structure.child("snapshot").children("element"))
    out.emplace_back(element.child("id").text());
  return out;
}

}  // namespace

int Comparison::total_differing() const {
  int total = 0;
  for (const auto& [aspect, count] : differing)
    total += count;
  return total;
}

void Comparison::add(const Comparison& other) {
  for (const auto& [aspect, count] : other.compared)
    compared[aspect] += count;
  for (const auto& [aspect, count] : other.differing)
    differing[aspect] += count;
}

Comparison compare_snapshots(tree::Node expected, tree::Node made, bool with_words) {
  Comparison out;
  const std::vector<std::string> expected_ids = ids_of(expected);
  const std::vector<std::string> made_ids = ids_of(made);
  std::map<std::string, tree::Node> made_by_id;
  for (const tree::Node element : made.child("snapshot").children("element"))
    made_by_id[std::string(element.child("id").text())] = element;
  for (const tree::Node element : expected.child("snapshot").children("element")) {
    const std::string id(element.child("id").text());
    ++out.compared["elements"];
    const auto found = made_by_id.find(id);
    if (found == made_by_id.end()) {
      ++out.differing["elements"];
      out.differences.push_back("missing " + id);
      continue;
    }
    Aspects left = aspects_of(element);
    Aspects right = aspects_of(found->second);
    if (with_words) {
      add_words(element, left);
      add_words(found->second, right);
    }
    std::set<std::string> names;
    for (const auto& [name, value] : left)
      names.insert(name);
    for (const auto& [name, value] : right)
      names.insert(name);
    for (const std::string& name : names) {
      const std::string want = left.count(name) != 0 ? left.at(name) : "";
      const std::string have = right.count(name) != 0 ? right.at(name) : "";
      ++out.compared[name];
      if (want == have || is_other_in_r4b(left.at("base"), name)) continue;
      ++out.differing[name];
      std::string& said = out.differences.emplace_back(id);
      said.append(" ")
          .append(name)
          .append(": expected '")
          .append(want)
          .append("' made '")
          .append(have)
          .append("'");
    }
    made_by_id.erase(found);
  }
  for (const auto& [id, element] : made_by_id) {
    ++out.differing["elements"];
    out.differences.push_back("extra " + id);
  }
  ++out.compared["order"];
  if (out.differing["elements"] == 0 && expected_ids != made_ids) {
    ++out.differing["order"];
    const auto at = std::mismatch(expected_ids.begin(), expected_ids.end(), made_ids.begin()).first;
    out.differences.push_back("order from " + *at);
  }
  if (out.differing["elements"] == 0) out.differing.erase("elements");
  return out;
}

std::string summary(const Comparison& comparison) {
  std::string out;
  for (const auto& [aspect, count] : comparison.compared) {
    const auto found = comparison.differing.find(aspect);
    const int differing = found == comparison.differing.end() ? 0 : found->second;
    out += aspect + " " + std::to_string(count - differing) + "/" + std::to_string(count) + "  ";
  }
  return out;
}

}  // namespace conformance
