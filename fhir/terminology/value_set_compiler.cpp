#include "fhir/terminology/value_set_compiler.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "fhir/terminology/filter.hpp"
#include "fhir/terminology/text_match.hpp"

namespace fhir::terminology {
namespace {

/// An expansion that says itself that it is not all: a page, or cut off.
bool is_partial(tree::Node expansion, std::size_t listed) {
  constexpr std::string_view kTooCostly = "http://hl7.org/fhir/StructureDefinition/valueset-toocostly";
  const std::string_view offset = expansion.child("offset").text();
  const std::string_view total = expansion.child("total").text();
  if (!offset.empty() && offset != "0") return true;
  for (const tree::Node extension : expansion.children("extension")) {
    if (extension.child("url").text() == kTooCostly) return true;
  }
  for (const tree::Node parameter : expansion.children("parameter")) {
    if (parameter.child("name").text() == "limitedExpansion" && parameter.child("value").text() == "true")
      return true;
  }
  return !total.empty() && total.size() < 10 && std::stoul("0" + std::string(total)) > listed;
}

/// All of expansion.contains, depth first.
std::vector<tree::Node> contained_of(tree::Node expansion) {
  std::vector<tree::Node> found;
  std::vector<tree::Node> stack = {expansion};
  while (!stack.empty()) {
    const tree::Node at = stack.back();
    stack.pop_back();
    if (at.child("code")) found.push_back(at);
    const std::size_t first = stack.size();
    for (const tree::Node child : at.children("contains"))
      stack.push_back(child);
    std::reverse(stack.begin() + static_cast<std::ptrdiff_t>(first), stack.end());
  }
  return found;
}

Missing content_missing(const CodeSystem& system) {
  switch (system.content()) {
    case Content::kFragment: return Missing::kFragment;
    case Content::kExample: return Missing::kExample;
    case Content::kNotPresent:
    case Content::kSupplement: return Missing::kContent;
    case Content::kComplete: break;
  }
  return Missing::kNone;
}

bool folds_case(const Clause& clause) {
  return clause.codes != nullptr && !clause.codes->case_sensitive();
}

void add_listed(Clause& clause, tree::Node item) {
  const std::string_view code = item.child("code").text();
  if (!clause.listed.emplace(code, item).second) return;
  clause.listed_order.push_back(code);
  if (folds_case(clause)) clause.listed_folded.emplace(fold_case(code), item);
}

}  // namespace

std::shared_ptr<const ValueSet> ValueSetCompiler::compile(tree::Node resource) {
  set_->resource_ = resource;
  const tree::Node expansion = resource.child("expansion");
  add_compose(resource.child("compose"));
  const bool stored = !expansion.children("contains").empty() || expansion.child("total").text() == "0";
  if (stored && (!set_->complete_ || set_->includes_.empty())) {
    set_->includes_.clear();
    set_->excludes_.clear();
    set_->complete_ = true;
    set_->missing_ = Missing::kNone;
    add_expansion(expansion);
  }
  if (set_->includes_.empty()) {
    // Neither rules nor codes: what it holds is told elsewhere.
    Clause unknown;
    make_uncheckable(unknown, Missing::kContent);
    unknown.kind = Clause::Kind::kUncheckable;
    note(unknown);
    set_->includes_.push_back(std::move(unknown));
  }
  return set_;
}

std::shared_ptr<const ValueSet> ValueSetCompiler::whole_system(std::string_view system) {
  Clause clause;
  name_system(clause, system, {});
  note(clause);
  set_->includes_.push_back(std::move(clause));
  return set_;
}

void ValueSetCompiler::make_uncheckable(Clause& clause, Missing missing) {
  clause.kind = Clause::Kind::kUncheckable;
  clause.missing = missing;
}

void ValueSetCompiler::note(const Clause& clause) {
  Missing missing = clause.kind == Clause::Kind::kUncheckable ? clause.missing : Missing::kNone;
  if (clause.kind == Clause::Kind::kWholeSystem) missing = content_missing(*clause.codes);
  const bool open = clause.kind == Clause::Kind::kSyntax &&
                    (clause.syntax == Syntax::kSnomed || clause.syntax == Syntax::kLoinc);
  if (open) missing = Missing::kContent;
  if (missing == Missing::kNone) missing = clause.missing_import;
  for (const auto& set : clause.sets) {
    if (!set->is_complete() && missing == Missing::kNone) missing = set->missing();
  }
  if (missing == Missing::kNone || !set_->complete_) return;
  set_->complete_ = false;
  set_->missing_ = missing;
}

void ValueSetCompiler::add_compose(tree::Node compose) {
  set_->active_only_ = compose.child("inactive").text() == "false";
  for (const tree::Node rule : compose.children("include")) {
    set_->includes_.push_back(clause_of(rule));
    note(set_->includes_.back());
  }
  for (const tree::Node rule : compose.children("exclude")) {
    set_->excludes_.push_back(clause_of(rule));
    note(set_->excludes_.back());
  }
}

void ValueSetCompiler::name_system(Clause& clause, std::string_view system, std::string_view version) {
  clause.system = system;
  clause.version = version;
  clause.codes = library_.import_system(system, version);
  clause.syntax = syntax_of(system);
  if (clause.codes != nullptr && (clause.codes->content() != Content::kNotPresent || !clause.syntax)) {
    clause.kind = Clause::Kind::kWholeSystem;
  } else if (clause.syntax) {
    clause.kind = Clause::Kind::kSyntax;
  } else {
    const bool other = !version.empty() && library_.import_system(system, {}) != nullptr;
    make_uncheckable(clause, other ? Missing::kSystemVersion : Missing::kSystem);
  }
}

Clause ValueSetCompiler::clause_of(tree::Node rule) {
  Clause clause;
  const std::string_view system = rule.child("system").text();
  if (!system.empty()) {
    name_system(clause, system, rule.child("version").text());
    if (rule.child("concept")) {
      read_listed(clause, rule);
    } else if (rule.child("filter")) {
      read_filters(clause, rule);
    }
  }
  read_imports(clause, rule);
  return clause;
}

void ValueSetCompiler::read_listed(Clause& clause, tree::Node rule) {
  clause.kind = Clause::Kind::kListed;
  clause.missing = Missing::kNone;
  for (const tree::Node item : rule.children("concept"))
    add_listed(clause, item);
}

void ValueSetCompiler::read_filters(Clause& clause, tree::Node rule) {
  if (clause.kind == Clause::Kind::kUncheckable) return;
  if (clause.kind == Clause::Kind::kSyntax) {
    const bool open = clause.syntax == Syntax::kSnomed || clause.syntax == Syntax::kLoinc;
    for (const tree::Node filter : rule.children("filter")) {
      auto test = open ? nullptr : code_test(*clause.syntax, filter);
      if (!test) return make_uncheckable(clause, open ? Missing::kContent : Missing::kFilter);
      clause.patterns.push_back(std::move(test));
    }
    return;
  }
  if (clause.codes->content() != Content::kComplete)
    return make_uncheckable(clause, content_missing(*clause.codes));
  clause.kind = Clause::Kind::kFiltered;
  clause.chosen.assign(clause.codes->concepts().size(), true);
  for (const tree::Node filter : rule.children("filter")) {
    const auto passed = select(*clause.codes, filter);
    if (!passed) return make_uncheckable(clause, Missing::kFilter);
    std::transform(clause.chosen.begin(), clause.chosen.end(), passed->begin(), clause.chosen.begin(),
                   [](bool a, bool b) { return a && b; });
  }
}

void ValueSetCompiler::read_imports(Clause& clause, tree::Node rule) {
  for (const tree::Node canonical : rule.children("valueSet")) {
    Library::Import imported = library_.import_set(canonical.text(), depth_ + 1);
    if (imported.set) {
      clause.sets.push_back(std::move(imported.set));
    } else {
      clause.missing_import = imported.missing;
    }
  }
}

void ValueSetCompiler::add_expansion(tree::Node expansion) {
  const std::vector<tree::Node> items = contained_of(expansion);
  for (const tree::Node item : items) {
    const std::string_view system = item.child("system").text();
    auto& clauses = set_->includes_;
    auto same = std::find_if(clauses.begin(), clauses.end(),
                             [system](const Clause& clause) { return clause.system == system; });
    if (same == clauses.end()) {
      Clause clause;
      name_system(clause, system, {});
      clause.kind = Clause::Kind::kListed;
      clause.missing = Missing::kNone;
      clauses.push_back(std::move(clause));
      same = clauses.end() - 1;
    }
    add_listed(*same, item);
  }
  if (!is_partial(expansion, items.size())) return;
  Clause rest;
  make_uncheckable(rest, Missing::kContent);
  note(rest);
  set_->includes_.push_back(std::move(rest));
}

}  // namespace fhir::terminology
