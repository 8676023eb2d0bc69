#include "fhir/definitions/generator/vocabulary.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "fhir/definitions/generator/refuse.hpp"

namespace fhir::definitions::generator {
namespace {

/// Code systems outside the definitions whose codes have a syntax that can be checked.
std::optional<Membership> syntactic(std::string_view system) {
  if (system == "urn:ietf:bcp:13" || system == "http://www.rfc-editor.org/bcp/bcp13.txt")
    return Membership::kMimeType;
  if (system == "urn:ietf:bcp:47") return Membership::kLanguage;
  if (system == "urn:iso:std:iso:4217") return Membership::kCurrency;
  if (system == "http://unitsofmeasure.org") return Membership::kUcum;
  return std::nullopt;
}

class VocabularyCompiler {
 public:
  explicit VocabularyCompiler(Tables& out) : out_(out) {}
  void declare(const Json& bundle);
  [[nodiscard]] VocabularyCounts compile();

 private:
  using Codes = std::set<std::pair<std::string, std::string>>;  // code, system

  void fill(ValueSetRow& row);
  [[nodiscard]] Membership expand(const Json& value_set, Codes& codes) const;
  void add_concepts(const Json& holder, std::string_view system, Codes& codes) const;
  void place(ValueSetRow& row, const Codes& codes);
  std::uint32_t system_id(const std::string& system);

  Tables& out_;
  std::map<std::string, const Json*, std::less<>> value_sets_;
  std::map<std::string, const Json*, std::less<>> code_systems_;
  std::map<std::string, std::uint32_t> system_ids_;
};

void VocabularyCompiler::declare(const Json& bundle) {
  for (const Json& entry : array_of(bundle, "entry").GetArray()) {
    const Json& resource = entry["resource"];
    const std::string_view type = text_of(resource, "resourceType");
    const std::string url(text_of(resource, "url"));
    if (type == "ValueSet") value_sets_.try_emplace(url, &resource);
    if (type == "CodeSystem") code_systems_.try_emplace(url, &resource);
  }
}

VocabularyCounts VocabularyCompiler::compile() {
  std::set<ValueSetId> required;
  std::set<ValueSetId> wanted;
  for (const ElementRow& element : out_.elements) {
    if (element.binding == BindingStrength::kRequired) required.insert(element.value_set);
    if (element.max_value_set != kNoValueSet) wanted.insert(element.max_value_set);
  }
  wanted.insert(required.begin(), required.end());
  for (ValueSetRow& row : out_.value_sets) {
    const auto found = value_sets_.find(out_.text_at(row.url));
    if (found != value_sets_.end()) {
      const std::string_view title = text_of(*found->second, "title");
      row.name = out_.add_text(title.empty() ? text_of(*found->second, "name") : title);
    }
  }
  VocabularyCounts counts;
  for (const ValueSetId id : wanted)
    fill(out_.value_sets[id]);
  counts.required_sets = required.size();
  for (const ValueSetId id : required) {
    if (out_.value_sets[id].membership == Membership::kEnumerated) ++counts.enumerated_sets;
  }
  counts.code_systems = code_systems_.size();
  for (const auto& [url, system] : code_systems_) {
    out_.code_systems.push_back({out_.add_text(url), out_.add_text(text_of(*system, "name"))});
  }
  return counts;
}

void VocabularyCompiler::fill(ValueSetRow& row) {
  const std::string url(out_.text_at(row.url));
  const auto found = value_sets_.find(url);
  if (found == value_sets_.end()) {
    row.membership = syntactic(url).value_or(Membership::kUnknownSet);
    return;
  }
  Codes codes;
  row.membership = expand(*found->second, codes);
  if (row.membership == Membership::kEnumerated) place(row, codes);
}

Membership VocabularyCompiler::expand(const Json& value_set, Codes& codes) const {
  const std::string url(text_of(value_set, "url"));
  const auto compose = value_set.FindMember("compose");
  if (compose == value_set.MemberEnd()) refuse(url + " has no compose");
  if (!array_of(compose->value, "exclude").Empty()) refuse(url + " excludes codes");
  for (const Json& include : array_of(compose->value, "include").GetArray()) {
    const std::string_view system = text_of(include, "system");
    const auto syntax = syntactic(system);
    if (syntax && array_of(include, "concept").Empty()) return *syntax;
    if (!array_of(include, "filter").Empty() || !array_of(include, "valueSet").Empty())
      refuse(url + " is not a list");
    if (!array_of(include, "concept").Empty()) {
      add_concepts(include, system, codes);
      continue;
    }
    const auto found = code_systems_.find(system);
    if (found == code_systems_.end() || text_of(*found->second, "content") != "complete") {
      refuse(url + " draws on " + std::string(system) + ", which is not complete");
    }
    add_concepts(*found->second, system, codes);
  }
  if (codes.empty()) refuse(url + " is empty");
  return Membership::kEnumerated;
}

void VocabularyCompiler::add_concepts(const Json& holder, std::string_view system, Codes& codes) const {
  std::vector<const Json*> pending = {&holder};
  while (!pending.empty()) {
    const Json* const at = pending.back();
    pending.pop_back();
    for (const Json& concept_of : array_of(*at, "concept").GetArray()) {
      codes.emplace(text_of(concept_of, "code"), system);
      pending.push_back(&concept_of);
    }
  }
}

void VocabularyCompiler::place(ValueSetRow& row, const Codes& codes) {
  row.codes = {count_of(out_.codes), count_of(codes)};
  row.slots = {count_of(out_.code_slots), slot_count(codes.size())};
  out_.code_slots.resize(out_.code_slots.size() + row.slots.count, kNoValueSet);
  std::uint32_t index = 0;
  for (const auto& [code, system] : codes) {
    out_.codes.push_back({out_.add_text(code), system_id(system)});
    std::uint32_t at = tree::TypeTable::hash_name(code) & (row.slots.count - 1);
    while (out_.code_slots[row.slots.begin + at] != kNoValueSet)
      at = (at + 1) & (row.slots.count - 1);
    out_.code_slots[row.slots.begin + at] = index++;
  }
}

std::uint32_t VocabularyCompiler::system_id(const std::string& system) {
  const auto [found, is_new] = system_ids_.try_emplace(system, count_of(out_.systems));
  if (is_new) out_.systems.push_back(out_.add_text(system));
  return found->second;
}

}  // namespace

VocabularyCounts compile_vocabulary(const std::vector<const Json*>& bundles, Tables& out) {
  VocabularyCompiler compiler(out);
  for (const Json* bundle : bundles)
    compiler.declare(*bundle);
  return compiler.compile();
}

}  // namespace fhir::definitions::generator
