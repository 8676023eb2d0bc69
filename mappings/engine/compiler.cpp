#include "mappings/engine/compiler.hpp"

#include <algorithm>
#include <utility>

#include "fhir/base/issue.hpp"
#include "mappings/engine/parser.hpp"

namespace mappings::engine {
namespace {

using fhir::tree::TypeTable;

bool matches(std::string_view url, std::string_view pattern) {
  const std::size_t star = pattern.find('*');
  if (star == std::string_view::npos) return url == pattern;
  const std::string_view head = pattern.substr(0, star);
  const std::string_view tail = pattern.substr(star + 1);
  return url.size() >= head.size() + tail.size() && url.starts_with(head) && url.ends_with(tail);
}

bool is_abstract(std::string_view type) {
  return type == "Resource" || type == "DomainResource" || type == "Element" || type == "BackboneElement";
}

WellKnownNames well_known(const TypeTable& table) {
  WellKnownNames known{};
  const std::pair<fhir::tree::NameId*, std::string_view> names[] = {
      {&known.system, "system"},    {&known.code, "code"},           {&known.display, "display"},
      {&known.value, "value"},      {&known.unit, "unit"},           {&known.coding, "coding"},
      {&known.text, "text"},        {&known.reference, "reference"}, {&known.type, "type"},
      {&known.use, "use"},          {&known.date, "date"},           {&known.date_time, "dateTime"},
      {&known.instant, "instant"},  {&known.time, "time"},           {&known.string, "string"},
      {&known.boolean, "boolean"},  {&known.integer, "integer"},     {&known.decimal, "decimal"},
      {&known.quantity, "Quantity"}};
  for (const auto& [name, text] : names)
    *name = table.find_name(text);
  return known;
}

}  // namespace

bool is_primitive(const TypeRef& type) {
  using fhir::tree::TypeKind;
  return type.known() && (type.entry().kind == TypeKind::kPrimitive || type.entry().kind == TypeKind::kXhtml);
}

fhir::tree::RowId canonical(const TypeTable& table, fhir::tree::RowId row) {
  const fhir::tree::TypeRow& entry = table.row(row);
  if (entry.kind == fhir::tree::TypeKind::kBackbone || entry.type == fhir::tree::kNoName) return row;
  const fhir::tree::RowId root = table.type_root(table.name(entry.type));
  if (root == fhir::tree::kUnknownRow) return row;
  const auto here = table.children_of(row);
  const auto there = table.children_of(root);
  const bool same =
      here.empty() || there.empty() || table.row(*here.begin()).name == table.row(*there.begin()).name;
  return same ? root : row;
}

void Compiler::report(fhir::Severity severity, std::uint32_t at, std::string text) {
  const MapSource& source = sources_[map_];
  issues_.add(severity, fhir::IssueType::kInvalid, source.name, std::move(text),
              fhir::locate(source.text, at));
}

void Compiler::error(std::uint32_t at, std::string text) {
  report(fhir::Severity::kError, at, std::move(text));
}

void Compiler::warning(std::uint32_t at, std::string text) {
  report(fhir::Severity::kWarning, at, std::move(text));
}

std::unique_ptr<PlanBody> Compiler::compile() {
  body_ = std::make_unique<PlanBody>();
  parse();
  if (issues_.has_error()) return nullptr;
  load_concepts();
  const auto count = static_cast<std::uint32_t>(maps_.size());
  for (map_ = 0; map_ < count; ++map_)
    resolve_uses(map_);
  for (map_ = 0; map_ < count; ++map_)
    resolve_imports(map_);
  for (map_ = 0; map_ < count; ++map_)
    declare_groups(map_);
  if (issues_.has_error()) return nullptr;
  for (map_ = 0; map_ < count; ++map_) {
    compile_constants(map_);
    compile_groups(map_);
  }
  if (issues_.has_error()) return nullptr;
  body_->warnings = issues_;
  return std::move(body_);
}

void Compiler::parse() {
  asts_.resize(sources_.size());
  maps_.resize(sources_.size());
  if (sources_.empty()) issues_.add(fhir::Severity::kError, fhir::IssueType::kInvalid, "", "there is no map");
  for (map_ = 0; map_ < sources_.size(); ++map_) {
    const MapSource& source = sources_[map_];
    if (source.text.size() > limits_.max_bytes) {
      error(0, "the map is over the limit of " + std::to_string(limits_.max_bytes) + " bytes");
      continue;
    }
    auto ast = parse_map(source.text, limits_.max_nesting);
    if (!ast) {
      error(ast.error().at, ast.error().text);
      continue;
    }
    asts_[map_] = std::move(*ast);
    maps_[map_].ast = &asts_[map_];
    maps_[map_].source = &source;
  }
  map_ = 0;
}

void Compiler::load_concepts() {
  for (const fhir::tree::Node resource : models_.concept_maps) {
    if (resource.type() != "ConceptMap") continue;
    auto table = std::make_unique<ConceptTable>(ConceptTable::from_resource(resource));
    concepts_.try_emplace(table->url(), table.get());
    body_->concepts.push_back(std::move(table));
  }
  for (const auto& table : body_->concepts) {
    for (const std::string& url : table->other_maps()) {
      const auto other = concepts_.find(url);
      if (other == concepts_.end()) {
        issues_.add(fhir::Severity::kError, fhir::IssueType::kNotFound, table->url(),
                    "the ConceptMap falls back to one that is not given: " + url);
      } else {
        table->link(url, other->second);
      }
    }
  }
  for (MapState& map : maps_) {
    for (const ConceptMapAst& ast : map.ast->concept_maps) {
      auto table = std::make_unique<ConceptTable>(ConceptTable::from_map(ast));
      map.concepts.try_emplace(ast.id.text, table.get());
      body_->concepts.push_back(std::move(table));
    }
  }
}

/// `#id` of this map, `url#id` of any map given, or the url of a resource.
const ConceptTable* Compiler::find_concepts(std::string_view reference) {
  const std::size_t hash = reference.find('#');
  if (hash != std::string_view::npos) {
    const std::string id(reference.substr(hash + 1));
    const std::string_view url = reference.substr(0, hash);
    for (std::uint32_t i = 0; i < maps_.size(); ++i) {
      if (url.empty() ? i != map_ : maps_[i].ast->url != url) continue;
      const auto known = maps_[i].concepts.find(id);
      if (known != maps_[i].concepts.end()) return known->second;
    }
    return nullptr;
  }
  const auto known = concepts_.find(std::string(reference));
  if (known != concepts_.end()) return known->second;
  const auto embedded = maps_[map_].concepts.find(std::string(reference));
  return embedded == maps_[map_].concepts.end() ? nullptr : embedded->second;
}

void Compiler::resolve_uses(std::uint32_t index) {
  MapState& map = maps_[index];
  for (const UsesAst& uses : map.ast->uses) {
    const Model* model = nullptr;
    for (const Model& candidate : models_.tables) {
      const bool fits = uses.url.text.starts_with(candidate.url_prefix);
      if (fits && (model == nullptr || candidate.url_prefix.size() > model->url_prefix.size()))
        model = &candidate;
    }
    if (model == nullptr) {
      error(uses.url.at, "no model is known with this url");
      continue;
    }
    const std::string name = uses.url.text.substr(model->url_prefix.size());
    const TypeRef type{model->table, model->table->type_root(name)};
    if (!type.known()) error(uses.url.at, "the model has no type '" + name + "'");
    const bool target = uses.mode == UsesMode::kTarget || uses.mode == UsesMode::kProduced;
    TypeRef& side = target ? map.target_model : map.source_model;
    if (side.table != nullptr && side.table != model->table)
      error(uses.url.at, target ? "a map has one target model" : "a map has one source model");
    side.table = model->table;
    map.types.push_back({uses.alias.empty() ? name : uses.alias, type, target});
    if (!uses.alias.empty()) map.types.push_back({name, type, target});
  }
  const TypeTable* first = models_.tables.empty() ? nullptr : models_.tables.front().table;
  if (first == nullptr) return error(0, "no model is given");
  if (map.source_model.table == nullptr)
    map.source_model.table = map.target_model.table == nullptr ? first : map.target_model.table;
  if (map.target_model.table == nullptr) map.target_model.table = map.source_model.table;
}

void Compiler::resolve_imports(std::uint32_t index) {
  MapState& map = maps_[index];
  map.visible.push_back(index);
  for (const Word& pattern : map.ast->imports) {
    bool found = false;
    for (std::uint32_t other = 0; other < maps_.size(); ++other) {
      if (!matches(maps_[other].ast->url, pattern.text)) continue;
      found = true;
      if (std::find(map.visible.begin(), map.visible.end(), other) == map.visible.end())
        map.visible.push_back(other);
    }
    if (!found) error(pattern.at, "no map with this url is given");
  }
}

std::uint32_t Compiler::pair_of(const TypeTable* source, const TypeTable* target) {
  for (std::uint32_t i = 0; i < body_->pairs.size(); ++i) {
    if (body_->pairs[i].source == source && body_->pairs[i].target == target) return i;
  }
  body_->pairs.push_back({source, target, well_known(*target), {}});
  return static_cast<std::uint32_t>(body_->pairs.size() - 1);
}

std::optional<TypeRef> Compiler::find_type(std::string_view name, bool is_target) const {
  const MapState& map = maps_[map_];
  for (const bool other_mode : {false, true}) {
    for (const NamedType& type : map.types) {
      if (type.name == name && type.is_target != (is_target == other_mode)) return type.type;
    }
    const TypeTable* table = is_target ? map.target_model.table : map.source_model.table;
    const TypeRef type{table, table->type_root(name)};
    if (type.known()) return type;
  }
  return std::nullopt;
}

void Compiler::declare_groups(std::uint32_t index) {
  MapState& map = maps_[index];
  body_->maps.push_back({map.ast->url, map.source->name, static_cast<std::uint32_t>(body_->groups.size()),
                         pair_of(map.source_model.table, map.target_model.table)});
  for (const GroupAst& ast : map.ast->groups) {
    const auto id = static_cast<std::uint32_t>(body_->groups.size());
    GroupPlan& group = body_->groups.emplace_back();
    group.name = ast.name.text;
    group.map = index;
    group.parameters = static_cast<std::uint32_t>(ast.parameters.size());
    for (const ParameterAst& parameter : ast.parameters) {
      TypeRef type;
      if (!parameter.type.empty()) {
        const auto known = find_type(parameter.type.text, parameter.is_target);
        if (!known) error(parameter.type.at, "no type '" + parameter.type.text + "'");
        if (known) type = *known;
        const TypeTable* side = parameter.is_target ? map.target_model.table : map.source_model.table;
        if (known && known->table != side)
          error(parameter.type.at, "'" + parameter.type.text + "' is a type of the other model");
      }
      group.is_target.push_back(parameter.is_target);
      group.rows.push_back(type.row);
    }
    if (!map.groups.try_emplace(ast.name.text, id).second)
      error(ast.name.at, "there are two groups '" + ast.name.text + "'");
    declare_default(ast, id);
  }
}

void Compiler::declare_default(const GroupAst& ast, std::uint32_t id) {
  if (ast.stereotype == Stereotype::kNone) return;
  const GroupPlan& group = body_->groups[id];
  const bool shape = group.parameters == 2 && !group.is_target[0] && group.is_target[1];
  if (!shape || group.rows[0] == fhir::tree::kUnknownRow || group.rows[1] == fhir::tree::kUnknownRow)
    return error(ast.name.at, "a default group has one source and one target, both with types");
  PlanBody::Pair& pair = body_->pairs[body_->maps[group.map].pair];
  const fhir::tree::NameId source = pair.source->row(group.rows[0]).type;
  const fhir::tree::NameId target = pair.target->row(group.rows[1]).type;
  // The map given first wins; within one map a second one is a mistake.
  const auto [known, added] = pair.defaults.try_emplace(default_key(source, target), id);
  if (!added && body_->groups[known->second].map == group.map)
    error(ast.name.at, "there are two default groups for these types");
  if (ast.stereotype == Stereotype::kTypeAndTypes)
    pair.defaults.try_emplace(default_key(source, fhir::tree::kNoName), id);
}

std::optional<std::uint32_t> Compiler::find_group(std::string_view name) const {
  for (const std::uint32_t index : maps_[map_].visible) {
    const auto known = maps_[index].groups.find(std::string(name));
    if (known != maps_[index].groups.end()) return known->second;
  }
  return std::nullopt;
}

void Compiler::compile_constants(std::uint32_t index) {
  scope_.clear();
  for (const ConstantAst& constant : maps_[index].ast->constants) {
    const std::uint32_t expression = compile_text(constant.value, {});
    maps_[index].constants.emplace_back(constant.name.text, expression);
  }
}

void Compiler::compile_groups(std::uint32_t index) {
  std::uint32_t group = body_->maps[index].first_group;
  for (const GroupAst& ast : maps_[index].ast->groups)
    compile_group(ast, group++);
}

/// The group and those it extends, outermost first, with the map of each.
std::vector<const GroupAst*> Compiler::chain_of(const GroupAst& ast, std::vector<std::uint32_t>& maps) {
  std::vector<const GroupAst*> chain{&ast};
  maps = {map_};
  const std::uint32_t home = map_;
  while (!chain.back()->extends.empty()) {
    const Word& base = chain.back()->extends;
    const auto found = find_group(base.text);
    if (!found) {
      error(base.at, "no group '" + base.text + "' is visible here");
      break;
    }
    const GroupPlan& plan = body_->groups[*found];
    const std::size_t position = *found - body_->maps[plan.map].first_group;
    const GroupAst* next = &maps_[plan.map].ast->groups[position];
    if (std::find(chain.begin(), chain.end(), next) != chain.end() || chain.size() > limits_.max_nesting) {
      error(base.at, "groups extend each other in a circle, or too deep");
      break;
    }
    if (next->parameters.size() != ast.parameters.size()) {
      error(base.at, "'" + base.text + "' has another number of parameters");
      break;
    }
    map_ = plan.map;
    chain.push_back(next);
    maps.push_back(map_);
  }
  map_ = home;
  std::reverse(chain.begin(), chain.end());
  std::reverse(maps.begin(), maps.end());
  return chain;
}

void Compiler::compile_group(const GroupAst& ast, std::uint32_t id) {
  group_ = id;
  const std::uint32_t home = map_;
  std::vector<std::uint32_t> maps;
  const std::vector<const GroupAst*> chain = chain_of(ast, maps);
  std::vector<RuleAst> none;
  const auto parameters = static_cast<std::uint32_t>(ast.parameters.size());
  most_slots_ = parameters;
  std::vector<Span> blocks;
  for (std::size_t i = 0; i < chain.size(); ++i) {
    map_ = maps[i];
    scope_.clear();
    slots_ = parameters;
    for (std::uint32_t p = 0; p < parameters; ++p) {
      const ParameterAst& parameter = chain[i]->parameters[p];
      const MapState& state = maps_[home];
      const TypeTable* table = parameter.is_target ? state.target_model.table : state.source_model.table;
      TypeRef type{table, body_->groups[id].rows[p]};
      if (is_abstract(type.name())) type.row = fhir::tree::kUnknownRow;  // What comes has a type of its own.
      scope_.push_back({parameter.name.text, p, parameter.is_target ? Role::kTarget : Role::kSource, type});
    }
    blocks.push_back(compile_block(chain[i]->rules));
  }
  map_ = home;
  GroupPlan& group = body_->groups[id];
  group.slots = most_slots_;
  group.rules = blocks.back();
  if (blocks.size() == 1) return;
  // The rules of the groups it extends come first; together they are copied to one run.
  std::vector<RulePlan> all;
  for (const Span& block : blocks) {
    const auto begin = body_->rules.begin() + block.begin;
    all.insert(all.end(), begin, begin + block.count);
  }
  group.rules = {static_cast<std::uint32_t>(body_->rules.size()), static_cast<std::uint32_t>(all.size())};
  body_->rules.insert(body_->rules.end(), std::make_move_iterator(all.begin()),
                      std::make_move_iterator(all.end()));
}

}  // namespace mappings::engine
