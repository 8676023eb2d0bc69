#include "fhir/definitions/generator/structure.hpp"

#include <algorithm>
#include <cctype>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "fhir/definitions/generator/refuse.hpp"

namespace fhir::definitions::generator {
namespace {

using tree::RowId;

constexpr std::string_view kTypeExtension =
    "http://hl7.org/fhir/StructureDefinition/structuredefinition-fhir-type";
constexpr std::string_view kMaxValueSet =
    "http://hl7.org/fhir/StructureDefinition/elementdefinition-maxValueSet";

/// How a row gets its children once all rows exist.
struct Link {
  enum class From { kOwn, kType, kReference, kNone } from = From::kNone;
  std::string target;  // type name, or path of the referenced element
  std::vector<RowId> own;
};

std::string_view last_step(std::string_view path) {
  return path.substr(path.rfind('.') + 1);
}

tree::JsonForm json_form(std::string_view primitive) {
  if (primitive == "boolean") return tree::JsonForm::kBoolean;
  if (primitive == "decimal" || primitive == "integer" || primitive == "positiveInt" ||
      primitive == "unsignedInt") {
    return tree::JsonForm::kNumber;
  }
  return tree::JsonForm::kString;
}

BindingStrength strength_of(std::string_view code) {
  if (code == "required") return BindingStrength::kRequired;
  if (code == "extensible") return BindingStrength::kExtensible;
  if (code == "preferred") return BindingStrength::kPreferred;
  if (code == "example") return BindingStrength::kExample;
  refuse("binding strength " + std::string(code));
}

bool is_true(const Json& object, const char* member) {
  const auto found = object.FindMember(member);
  return found != object.MemberEnd() && found->value.IsTrue();
}

bool has_representation(const Json& element, std::string_view wanted) {
  for (const Json& value : array_of(element, "representation").GetArray()) {
    if (value.GetString() == wanted) return true;
  }
  return false;
}

/// `value` and `dateTime` give `valueDateTime`.
std::string choice_name(std::string_view name, std::string_view type) {
  std::string serial(name);
  serial.push_back(static_cast<char>(std::toupper(static_cast<unsigned char>(type[0]))));
  return serial.append(type.substr(1));
}

class StructureCompiler {
 public:
  explicit StructureCompiler(Tables& out) : out_(out) { links_.resize(1); }

  void declare(const Json& bundle);
  [[nodiscard]] StructureCounts compile();

 private:
  void compile_one(const Json& definition);
  void add_element(const Json& definition, const Json& element);
  void add_rows(const Json& definition, const Json& element, std::uint32_t element_row, RowId parent);
  RowId add_row(RowId parent, std::string_view name, std::string_view serial, std::string_view type,
                std::uint32_t element_row);
  [[nodiscard]] std::vector<std::string> types_of(const Json& definition, const Json& element) const;
  std::uint32_t add_element_row(const Json& element);
  void add_invariants(const Json& element, ElementRow& row);
  void add_targets(const Json& element, ElementRow& row);
  ValueSetId add_value_set(std::string_view url);
  void set_kind(tree::TypeRow& row, std::string_view type, bool in_place) const;
  void link_children();
  void place_children(RowId row);
  void share_children(RowId row, RowId from);
  void link_types();
  void sort_value_sets();

  Tables& out_;
  std::map<std::string, const Json*, std::less<>> definitions_;
  std::map<std::string, RowId, std::less<>> roots_;
  std::map<std::string, RowId, std::less<>> row_of_path_;  // first row of each element
  std::set<std::string, std::less<>> parents_;             // paths that have children in place
  std::vector<Link> links_;                                // parallel to rows
  std::map<std::string, std::uint32_t, std::less<>> invariant_ids_;
  std::map<std::string, ValueSetId, std::less<>> value_set_ids_;
  StructureCounts counts_;
};

void StructureCompiler::declare(const Json& bundle) {
  for (const Json& entry : array_of(bundle, "entry").GetArray()) {
    const Json& resource = entry["resource"];
    if (text_of(resource, "resourceType") != "StructureDefinition") continue;
    if (text_of(resource, "kind") == "logical" || text_of(resource, "derivation") == "constraint") continue;
    definitions_.emplace(text_of(resource, "type"), &resource);
  }
}

StructureCounts StructureCompiler::compile() {
  for (const auto& [name, definition] : definitions_) {
    const bool abstract = is_true(*definition, "abstract");
    const std::string_view kind = text_of(*definition, "kind");
    if (kind == "resource" && !abstract) ++counts_.concrete_resources;
    if (kind == "primitive-type") ++counts_.primitive_types;
    if (kind == "complex-type" && !abstract) ++counts_.complex_types;
    for (const Json& element : array_of((*definition)["snapshot"], "element").GetArray()) {
      const std::string path(text_of(element, "path"));
      const std::size_t dot = path.rfind('.');
      if (dot != std::string::npos) parents_.insert(path.substr(0, dot));
    }
  }
  for (const auto& [name, definition] : definitions_)
    compile_one(*definition);
  link_children();
  link_types();
  sort_value_sets();
  return counts_;
}

void StructureCompiler::compile_one(const Json& definition) {
  for (const Json& element : array_of(definition["snapshot"], "element").GetArray()) {
    ++counts_.snapshot_elements;
    add_element(definition, element);
  }
}

void StructureCompiler::add_element(const Json& definition, const Json& element) {
  const std::string path(text_of(element, "path"));
  const std::size_t dot = path.rfind('.');
  if (!text_of(element, "sliceName").empty() || text_of(element, "max") == "0") return;
  const bool primitive = text_of(definition, "kind") == "primitive-type";
  if (primitive && dot != std::string::npos && last_step(path) == "value")
    return;  // the text of the node itself
  const std::uint32_t element_row = add_element_row(element);
  if (dot != std::string::npos) {
    add_rows(definition, element, element_row, row_of_path_.at(path.substr(0, dot)));
    return;
  }
  const RowId root = add_row(tree::kUnknownRow, path, path, path, element_row);
  set_kind(out_.rows[root], path, false);
  links_[root].from = path == "xhtml" ? Link::From::kNone : Link::From::kOwn;
  roots_[path] = root;
  row_of_path_[path] = root;
}

std::vector<std::string> StructureCompiler::types_of(const Json& definition, const Json& element) const {
  const std::string path(text_of(element, "path"));
  std::vector<std::string> types;
  for (const Json& type : array_of(element, "type").GetArray()) {
    std::string code(text_of(type, "code"));
    if (code.starts_with("http://hl7.org/fhirpath/")) {
      const Json* extension = extension_of(type, kTypeExtension);
      code = extension == nullptr ? "string" : std::string(text_of(*extension, "valueUrl"));
      // The snapshots call it a string; the specification (2.26.3.1) and its table of elements call it an id.
      const bool of_resource =
          text_of(definition, "kind") == "resource" && std::count(path.begin(), path.end(), '.') == 1;
      if (of_resource && last_step(path) == "id") code = "id";
    }
    if (std::find(types.begin(), types.end(), code) == types.end()) types.push_back(std::move(code));
  }
  return types;
}

void StructureCompiler::add_rows(const Json& definition, const Json& element, std::uint32_t element_row,
                                 RowId parent) {
  const std::string path(text_of(element, "path"));
  const std::string_view step = last_step(path);
  const bool choice = step.ends_with("[x]");
  const std::string_view name = choice ? step.substr(0, step.size() - 3) : step;
  const std::string reference(text_of(element, "contentReference"));
  if (!reference.empty()) {
    const RowId row = add_row(parent, name, name, "BackboneElement", element_row);
    out_.rows[row].kind = tree::TypeKind::kBackbone;
    links_[row] = {Link::From::kReference, reference.substr(1), {}};
    row_of_path_.try_emplace(path, row);
    return;
  }
  const std::vector<std::string> types = types_of(definition, element);
  if (types.empty() || (types.size() > 1 && !choice)) refuse(path + " has an unexpected number of types");
  for (const std::string& type : types) {
    const std::string serial = choice ? choice_name(name, type) : std::string(name);
    const bool in_place = parents_.contains(path);
    const RowId row = add_row(parent, name, serial, type, element_row);
    tree::TypeRow& made = out_.rows[row];
    set_kind(made, type, in_place);
    if (choice) made.flags |= tree::kChoice;
    if (type == "Resource") made.flags |= tree::kResourceSlot;
    if (has_representation(element, "xmlAttr")) made.flags |= tree::kXmlAttribute;
    const bool leaf = (made.flags & tree::kXmlAttribute) != 0 || made.kind == tree::TypeKind::kXhtml;
    links_[row].from = in_place ? Link::From::kOwn : (leaf ? Link::From::kNone : Link::From::kType);
    links_[row].target = type;
    row_of_path_.try_emplace(path, row);
  }
}

RowId StructureCompiler::add_row(RowId parent, std::string_view name, std::string_view serial,
                                 std::string_view type, std::uint32_t element_row) {
  const auto id = static_cast<RowId>(out_.rows.size());
  tree::TypeRow row;
  row.name = out_.add_name(name);
  row.serial_name = out_.add_name(serial);
  row.type = out_.add_name(type);
  row.element = element_row;
  const ElementRow& element = out_.elements[element_row];
  row.min = element.min;
  row.max = element.max;
  if (parent != tree::kUnknownRow) {
    if (element.max > 1) row.flags |= tree::kRepeats;
    std::vector<RowId>& siblings = links_[parent].own;
    // The types of one choice share a position.
    const bool joins = !siblings.empty() && out_.rows[siblings.back()].element == element_row;
    row.order = siblings.empty()
                    ? std::uint16_t{0}
                    : static_cast<std::uint16_t>(out_.rows[siblings.back()].order + (joins ? 0 : 1));
    siblings.push_back(id);
  }
  if ((element.flags & kModifierElement) != 0) row.flags |= tree::kModifier;
  if ((element.flags & kSummaryElement) != 0) row.flags |= tree::kSummary;
  out_.rows.push_back(row);
  links_.emplace_back();
  return id;
}

void StructureCompiler::set_kind(tree::TypeRow& row, std::string_view type, bool in_place) const {
  const auto found = definitions_.find(type);
  if (found == definitions_.end()) refuse("no definition of type " + std::string(type));
  const std::string_view kind = text_of(*found->second, "kind");
  if (in_place) {
    row.kind = tree::TypeKind::kBackbone;
  } else if (type == "xhtml") {
    row.kind = tree::TypeKind::kXhtml;
    row.json = tree::JsonForm::kString;
  } else if (kind == "primitive-type") {
    row.kind = tree::TypeKind::kPrimitive;
    row.json = json_form(type);
  } else {
    row.kind = kind == "resource" ? tree::TypeKind::kResource : tree::TypeKind::kComplex;
  }
}

std::uint32_t StructureCompiler::add_element_row(const Json& element) {
  ElementRow row;
  row.path = out_.add_text(text_of(element, "path"));
  row.min = static_cast<std::uint32_t>(std::stoul(std::string(text_of(element, "min"))));
  const std::string max(text_of(element, "max"));
  row.max = max == "*" ? tree::kUnbounded : static_cast<std::uint32_t>(std::stoul(max));
  if (is_true(element, "mustSupport")) row.flags |= kMustSupport;
  if (is_true(element, "isModifier")) row.flags |= kModifierElement;
  if (is_true(element, "isSummary")) row.flags |= kSummaryElement;
  const auto binding = element.FindMember("binding");
  if (binding != element.MemberEnd()) {
    row.binding = strength_of(text_of(binding->value, "strength"));
    row.value_set = add_value_set(text_of(binding->value, "valueSet"));
    const Json* limit = extension_of(binding->value, kMaxValueSet);
    if (limit != nullptr) row.max_value_set = add_value_set(text_of(*limit, "valueCanonical"));
  }
  add_invariants(element, row);
  add_targets(element, row);
  out_.elements.push_back(row);
  return count_of(out_.elements) - 1;
}

void StructureCompiler::add_invariants(const Json& element, ElementRow& row) {
  row.invariants.begin = count_of(out_.invariant_lists);
  for (const Json& constraint : array_of(element, "constraint").GetArray()) {
    const std::string_view expression = text_of(constraint, "expression");
    if (expression.empty()) continue;  // given in XPath only
    std::string identity(text_of(constraint, "key"));
    identity.append("\n")
        .append(text_of(constraint, "severity"))
        .append("\n")
        .append(text_of(constraint, "human"));
    identity.append("\n").append(expression);
    const auto [found, is_new] = invariant_ids_.try_emplace(identity, count_of(out_.invariants));
    if (is_new) {
      out_.invariants.push_back({out_.add_text(text_of(constraint, "key")),
                                 out_.add_text(text_of(constraint, "human")), out_.add_text(expression),
                                 text_of(constraint, "severity") == "error" ? 1u : 0u});
    }
    out_.invariant_lists.push_back(found->second);
  }
  row.invariants.count = count_of(out_.invariant_lists) - row.invariants.begin;
}

void StructureCompiler::add_targets(const Json& element, ElementRow& row) {
  row.targets.begin = count_of(out_.targets);
  for (const Json& type : array_of(element, "type").GetArray()) {
    if (text_of(type, "code") != "Reference") continue;
    for (const Json& profile : array_of(type, "targetProfile").GetArray()) {
      const std::string_view url(profile.GetString());
      const std::string_view name = url.substr(url.rfind('/') + 1);
      if (name != "Resource") out_.targets.push_back(out_.add_name(name));
    }
  }
  row.targets.count = count_of(out_.targets) - row.targets.begin;
}

ValueSetId StructureCompiler::add_value_set(std::string_view url) {
  const std::string_view plain = url.substr(0, url.find('|'));
  if (plain.empty()) return kNoValueSet;
  const auto [found, is_new] = value_set_ids_.try_emplace(std::string(plain), count_of(out_.value_sets));
  if (is_new) {
    ValueSetRow row;
    row.url = out_.add_text(plain);
    out_.value_sets.push_back(row);
  }
  return found->second;
}

void StructureCompiler::link_children() {
  for (RowId row = 1; row < out_.rows.size(); ++row) {
    if (links_[row].from == Link::From::kOwn) place_children(row);
  }
  for (RowId row = 1; row < out_.rows.size(); ++row) {
    const Link& link = links_[row];
    if (link.from == Link::From::kType) share_children(row, roots_.at(link.target));
    if (link.from == Link::From::kReference) {
      const RowId from = row_of_path_.at(link.target);
      share_children(row, from);
      out_.rows[row].type = out_.rows[from].type;
    }
  }
}

void StructureCompiler::place_children(RowId row) {
  const std::vector<RowId>& own = links_[row].own;
  tree::TypeRow& parent = out_.rows[row];
  parent.children_begin = count_of(out_.children);
  parent.children_count = count_of(own);
  out_.children.insert(out_.children.end(), own.begin(), own.end());
  const std::uint32_t size = slot_count(own.size());
  parent.slots_begin = count_of(out_.slots);
  parent.slots_mask = size - 1;
  out_.slots.resize(out_.slots.size() + size);
  for (const RowId child : own) {
    const tree::NameId name = out_.rows[child].serial_name;
    std::uint32_t at = tree::TypeTable::hash_id(name) & parent.slots_mask;
    while (out_.slots[parent.slots_begin + at].serial_name != tree::kNoName)
      at = (at + 1) & parent.slots_mask;
    out_.slots[parent.slots_begin + at] = {name, child};
  }
}

void StructureCompiler::share_children(RowId row, RowId from) {
  out_.rows[row].children_begin = out_.rows[from].children_begin;
  out_.rows[row].children_count = out_.rows[from].children_count;
  out_.rows[row].slots_begin = out_.rows[from].slots_begin;
  out_.rows[row].slots_mask = out_.rows[from].slots_mask;
}

void StructureCompiler::link_types() {
  out_.row_types.assign(out_.rows.size(), tree::kUnknownRow);
  out_.row_required.assign(out_.rows.size(), {});
  for (RowId row = 1; row < out_.rows.size(); ++row) {
    const tree::TypeRow& at = out_.rows[row];
    if (at.kind != tree::TypeKind::kBackbone)
      out_.row_types[row] = roots_.at(std::string(out_.name_at(at.type)));
    out_.row_required[row].begin = count_of(out_.required);
    std::uint32_t last = 0;
    for (std::uint32_t i = 0; i < at.children_count; ++i) {
      const RowId child = out_.children[at.children_begin + i];
      if (out_.rows[child].min > 0 && out_.rows[child].element != last) out_.required.push_back(child);
      last = out_.rows[child].element;
    }
    out_.row_required[row].count = count_of(out_.required) - out_.row_required[row].begin;
  }
  for (const auto& [name, root] : roots_) {  // a std::map: sorted by text
    out_.types.push_back({out_.add_name(name), root});
    const std::string_view url = text_of(*definitions_.at(name), "baseDefinition");
    const std::string_view base = url.substr(url.rfind('/') + 1);
    out_.bases.push_back(url.empty() ? tree::ChildSlot()
                                     : tree::ChildSlot{out_.add_name(base), roots_.at(std::string(base))});
  }
}

void StructureCompiler::sort_value_sets() {
  std::vector<ValueSetId> moved(out_.value_sets.size());
  std::vector<ValueSetRow> sorted;
  for (const auto& [url, id] : value_set_ids_) {  // sorted by text
    moved[id] = count_of(sorted);
    sorted.push_back(out_.value_sets[id]);
  }
  out_.value_sets = std::move(sorted);
  for (ElementRow& row : out_.elements) {
    if (row.value_set != kNoValueSet) row.value_set = moved[row.value_set];
    if (row.max_value_set != kNoValueSet) row.max_value_set = moved[row.max_value_set];
  }
}

}  // namespace

StructureCounts compile_structures(const Json& types, const Json& resources, Tables& out) {
  StructureCompiler compiler(out);
  compiler.declare(types);
  compiler.declare(resources);
  return compiler.compile();
}

}  // namespace fhir::definitions::generator
