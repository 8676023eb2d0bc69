#include "mappings/engine/parser.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "fhir/base/utf8.hpp"
#include "fhir/tree/type_table.hpp"
#include "mappings/engine/scanner.hpp"

namespace mappings::engine {
namespace {

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kBlank = " \t\r\n";
  const std::size_t begin = text.find_first_not_of(kBlank);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kBlank) - begin + 1);
}

bool is_number(std::string_view text) {
  if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  const std::size_t dot = text.find('.');
  const std::string_view whole = text.substr(0, dot);
  const std::string_view part = dot == std::string_view::npos ? "0" : text.substr(dot + 1);
  return !whole.empty() && !part.empty() && std::all_of(whole.begin(), whole.end(), is_digit) &&
         std::all_of(part.begin(), part.end(), is_digit);
}

class Parser {
 public:
  Parser(std::string_view text, std::uint32_t max_nesting) : scan_(text), max_nesting_(max_nesting) {}

  tl::expected<MapAst, Word> whole() {
    while (!scan_.failed() && !scan_.at_end())
      declaration();
    if (!scan_.failed() && map_.groups.empty()) scan_.fail("a map needs a group");
    if (scan_.failed()) return tl::unexpected<Word>(scan_.failure());
    return std::move(map_);
  }

 private:
  void declaration() {
    scan_.skip(true);
    if (map_.groups.empty() && scan_.take_raw("///")) return metadata();
    if (scan_.take_word("map")) return header();
    if (scan_.take_word("conceptmap")) return concept_map();
    if (scan_.take_word("uses")) return uses();
    if (scan_.take_word("imports")) return imports();
    if (scan_.take_word("let")) return constant();
    if (scan_.take_word("group")) return group();
    if (scan_.at_end()) return;
    scan_.fail("a declaration is needed here: map, uses, imports, conceptmap, let or group");
  }

  void metadata() {
    const std::string_view text = trimmed(scan_.line());
    const std::size_t equals = text.find('=');
    if (equals == std::string_view::npos) return;  // A comment with three slashes.
    const std::string_view key = trimmed(text.substr(0, equals));
    const std::string_view value = trimmed(text.substr(equals + 1));
    if (value.starts_with("\"\"\"")) {
      if (value.size() < 6 || !value.ends_with("\"\"\"")) scan_.block();
      return;
    }
    if (key != "url" && key != "name") return;
    if (value.size() < 2) {
      scan_.fail("the " + std::string(key) + " of the map is missing");
      return;
    }
    Scanner inner(value);
    (key == "url" ? map_.url : map_.name) = inner.at_quote() ? inner.quoted().text : std::string(value);
    if (inner.failed()) scan_.fail("the " + std::string(key) + " of the map is no text in quotes");
  }

  void header() {
    map_.url = scan_.quoted().text;
    scan_.expect("=");
    map_.name = scan_.at_quote() ? scan_.quoted().text : scan_.name().text;
    scan_.take(";");
  }

  void uses() {
    static constexpr std::pair<std::string_view, UsesMode> kModes[] = {{"source", UsesMode::kSource},
                                                                       {"queried", UsesMode::kQueried},
                                                                       {"target", UsesMode::kTarget},
                                                                       {"produced", UsesMode::kProduced}};
    UsesAst found;
    found.url = scan_.quoted();
    if (scan_.take_word("alias")) found.alias = scan_.name().text;
    if (!scan_.take_word("as")) {
      scan_.fail("'as' and a mode are needed here");
      return;
    }
    for (const auto& [word, mode] : kModes) {
      if (!scan_.take_word(word)) continue;
      found.mode = mode;
      scan_.take(";");
      map_.uses.push_back(std::move(found));
      return;
    }
    scan_.fail("the mode is source, queried, target or produced");
  }

  void imports() {
    map_.imports.push_back(scan_.quoted());
    scan_.take(";");
  }

  void constant() {
    ConstantAst found;
    found.name = scan_.name();
    scan_.expect("=");
    found.value = scan_.statement();
    scan_.take(";");
    map_.constants.push_back(std::move(found));
  }

  void concept_map() {
    ConceptMapAst found;
    found.id = scan_.quoted();
    scan_.expect("{");
    while (!scan_.failed() && !scan_.take("}")) {
      if (scan_.take_word("prefix")) {
        std::string prefix = scan_.name().text;
        scan_.expect("=");
        found.prefixes.emplace_back(std::move(prefix), scan_.quoted().text);
      } else if (scan_.take_word("unmapped")) {
        unmapped(found);
      } else {
        found.concepts.push_back(concept_pair());
      }
      scan_.take(";");
    }
    map_.concept_maps.push_back(std::move(found));
  }

  void unmapped(ConceptMapAst& found) {
    if (!scan_.take_word("for")) {
      scan_.fail("'for' is needed here");
      return;
    }
    found.passed_through.push_back(scan_.name().text);
    scan_.expect("=");
    if (!scan_.take_word("provided")) scan_.fail("only 'provided' is known here");
  }

  std::string code(std::string& prefix) {
    prefix = scan_.name().text;
    scan_.expect(":");
    return scan_.at_quote() ? scan_.quoted().text : scan_.run(";{}").text;
  }

  ConceptAst concept_pair() {
    static constexpr std::string_view kRelations[] = {"==", "!=", "<=", ">=", "<-", "->", "-", "=", "~"};
    ConceptAst found;
    found.source_code = code(found.source_prefix);
    for (const std::string_view relation : kRelations) {
      if (!scan_.take(relation)) continue;
      found.relation = relation;
      break;
    }
    if (found.relation.empty()) scan_.fail("a relation such as '-' is needed here");
    found.target_code = code(found.target_prefix);
    return found;
  }

  void group() {
    GroupAst found;
    found.name = scan_.name();
    scan_.expect("(");
    do {
      found.parameters.push_back(parameter());
    } while (!scan_.failed() && scan_.take(","));
    scan_.expect(")");
    for (;;) {
      if (scan_.take_word("extends")) {
        found.extends = scan_.name();
      } else if (scan_.take("<<")) {
        const std::string word = scan_.run(">").text;
        if (word != "types" && word != "type+") scan_.fail("the stereotype is types or type+");
        found.stereotype = word == "types" ? Stereotype::kTypes : Stereotype::kTypeAndTypes;
        scan_.expect(">>");
      } else {
        break;
      }
    }
    found.rules = block(1);
    map_.groups.push_back(std::move(found));
  }

  ParameterAst parameter() {
    ParameterAst found;
    found.is_target = scan_.take_word("target");
    if (!found.is_target && !scan_.take_word("source")) scan_.fail("'source' or 'target' is needed here");
    found.name = scan_.name();
    if (scan_.take(":")) found.type = scan_.name();
    return found;
  }

  std::vector<RuleAst> block(std::uint32_t nesting) {
    std::vector<RuleAst> found;
    if (nesting > max_nesting_) {
      scan_.fail("rules nested too deep");
      return found;
    }
    scan_.expect("{");
    while (!scan_.failed() && !scan_.take("}"))
      rule(found, nesting);
    return found;
  }

  void rule(std::vector<RuleAst>& out, std::uint32_t nesting) {
    RuleAst found;
    scan_.skip();
    found.at = scan_.here();
    if (group_call(found)) {
      out.push_back(std::move(found));
      return;
    }
    do {
      found.sources.push_back(source());
    } while (!scan_.failed() && scan_.take(","));
    if (scan_.take("->") && target_list(found, out)) return;
    if (scan_.take_word("then")) dependents(found, nesting);
    end_of_rule(found);
    out.push_back(std::move(found));
  }

  /// `Group(a, b);` as a rule.
  bool group_call(RuleAst& found) {
    Scanner ahead = scan_;
    if (!ahead.at_name()) return false;
    ahead.name();
    if (!ahead.at("(")) return false;
    calls(found);
    end_of_rule(found);
    return true;
  }

  void end_of_rule(RuleAst& found) {
    if (scan_.at("\"") || scan_.at("'")) {
      found.name = scan_.quoted().text;
    } else if (!scan_.at(";") && scan_.at_name()) {
      found.name = scan_.name().text;
    }
    scan_.expect(";");
  }

  /// True when the rule was of the form `src -> tgt : a, b;`, which is one rule for each name.
  bool target_list(RuleAst& found, std::vector<RuleAst>& out) {
    do {
      found.targets.push_back(target());
    } while (!scan_.failed() && scan_.take(","));
    if (found.targets.size() != 1 || found.targets[0].assigns || !scan_.take(":")) return false;
    std::vector<Word> names;
    do {
      names.push_back(scan_.name());
    } while (!scan_.failed() && scan_.take(","));
    end_of_rule(found);
    for (const Word& name : names) {
      RuleAst one = found;
      one.at = name.at;
      one.sources[0].path.push_back(name);
      one.targets[0].path.push_back(name);
      out.push_back(std::move(one));
    }
    return true;
  }

  void dependents(RuleAst& found, std::uint32_t nesting) {
    if (!scan_.at("{")) calls(found);
    if (scan_.at("{")) found.rules = block(nesting + 1);
  }

  void calls(RuleAst& found) {
    do {
      CallAst call;
      call.group = scan_.name();
      scan_.expect("(");
      call.parameters = parameters();
      found.calls.push_back(std::move(call));
    } while (!scan_.failed() && scan_.take(","));
  }

  /// Up to and with the closing parenthesis.
  std::vector<ValueAst> parameters() {
    std::vector<ValueAst> found;
    if (scan_.take(")")) return found;
    do {
      found.push_back(argument());
    } while (!scan_.failed() && scan_.take(","));
    scan_.expect(")");
    return found;
  }

  std::vector<Word> dotted() {
    std::vector<Word> names{scan_.name()};
    while (!scan_.failed() && scan_.take("."))
      names.push_back(scan_.name());
    return names;
  }

  /// A literal, a path, or else FHIRPath.
  ValueAst argument() {
    ValueAst found;
    Scanner ahead = scan_;
    if (ahead.at_quote()) {
      found.text = ahead.quoted();
      found.form = ValueForm::kString;
    } else if (ahead.at_name()) {
      Scanner names = ahead;
      std::swap(scan_, names);
      found.names = dotted();
      std::swap(scan_, names);
      ahead = names;
      found.form = ValueForm::kPath;
      if (found.names.size() == 1) {
        found.text = found.names[0];
        if (found.text.text == "true" || found.text.text == "false") found.form = ValueForm::kBoolean;
      }
    }
    if (found.form != ValueForm::kNone && !ahead.failed() && (ahead.at(",") || ahead.at(")"))) {
      scan_ = ahead;
      return found;
    }
    found = ValueAst{};
    found.text = scan_.argument();
    found.form = is_number(found.text.text) ? ValueForm::kNumber : ValueForm::kExpression;
    return found;
  }

  SourceAst source() {
    SourceAst found;
    found.path = dotted();
    if (scan_.take(":")) found.type = scan_.name();
    while (!scan_.failed() && source_clause(found)) {
    }
    return found;
  }

  bool source_clause(SourceAst& found) {
    const char next = scan_.peek();
    if (next >= '0' && next <= '9') return cardinality(found);
    if (scan_.take_word("default")) return fallback(found);
    static constexpr std::pair<std::string_view, SourceList> kLists[] = {
        {"first", SourceList::kFirst},      {"not_first", SourceList::kNotFirst}, {"last", SourceList::kLast},
        {"not_last", SourceList::kNotLast}, {"only_one", SourceList::kOnlyOne},
    };
    for (const auto& [word, list] : kLists) {
      if (!scan_.take_word(word)) continue;
      found.list = list;
      return true;
    }
    if (scan_.take_word("as")) {
      found.variable = scan_.name();
      return true;
    }
    if (scan_.take_word("where")) return clause(found.where);
    if (scan_.take_word("check")) return clause(found.check);
    if (scan_.take_word("log")) return clause(found.log);
    return false;
  }

  bool clause(ExpressionText& out) {
    if (!out.empty()) return scan_.fail("a clause that is there twice");
    out = scan_.clause();
    return !scan_.failed();
  }

  bool cardinality(SourceAst& found) {
    found.min = scan_.number();
    scan_.expect("..");
    found.max = scan_.take("*") ? fhir::tree::kUnbounded : scan_.number();
    return !scan_.failed();
  }

  bool fallback(SourceAst& found) {
    if (scan_.take("(")) {
      found.fallback = argument();
      return scan_.expect(")");
    }
    found.fallback.form = ValueForm::kString;
    found.fallback.text = scan_.quoted();
    return !scan_.failed();
  }

  TargetAst target() {
    TargetAst found;
    scan_.skip();
    found.at = scan_.here();
    if (scan_.at("(") || scan_.at_quote() || call_ahead()) {
      found.assigns = true;
      found.transform = transform();
    } else {
      found.path = dotted();
      if (scan_.take("=")) {
        found.assigns = true;
        found.transform = transform();
      }
    }
    while (!scan_.failed() && target_clause(found)) {
    }
    return found;
  }

  bool call_ahead() {
    Scanner ahead = scan_;
    if (!ahead.at_name()) return false;
    ahead.name();
    return ahead.at("(");
  }

  bool target_clause(TargetAst& found) {
    static constexpr std::pair<std::string_view, TargetList> kLists[] = {
        {"first", TargetList::kFirst}, {"last", TargetList::kLast}, {"single", TargetList::kSingle}};
    if (scan_.take_word("as")) {
      found.variable = scan_.name();
      return true;
    }
    if (scan_.take_word("share")) {
      found.list = TargetList::kShare;
      found.share = scan_.name();
      return true;
    }
    for (const auto& [word, list] : kLists) {
      if (!scan_.take_word(word)) continue;
      if (found.list == TargetList::kNone) found.list = list;
      return true;
    }
    return false;
  }

  TransformAst transform() {
    TransformAst found;
    const char next = scan_.peek();
    if (next == '(') {
      found.value.form = ValueForm::kExpression;
      found.value.text = scan_.parenthesised();
    } else if (scan_.at_quote()) {
      found.value.form = ValueForm::kString;
      found.value.text = scan_.quoted();
    } else if (next == '-' || next == '+' || next == '@' || (next >= '0' && next <= '9')) {
      found.value.text = scan_.run(",;");
      found.value.form = is_number(found.value.text.text) ? ValueForm::kNumber : ValueForm::kExpression;
    } else if (call_ahead()) {
      found.name = scan_.name();
      scan_.expect("(");
      found.parameters = parameters();
    } else {
      named_value(found.value);
    }
    return found;
  }

  void named_value(ValueAst& found) {
    found.names = dotted();
    if (scan_.failed()) return;
    found.form = ValueForm::kPath;
    found.text = found.names[0];
    const bool word = found.text.text == "true" || found.text.text == "false";
    if (found.names.size() == 1 && word) found.form = ValueForm::kBoolean;
    if (scan_.at("(")) scan_.fail_at(found.text.at, "FHIRPath stands in parentheses here");
  }

  Scanner scan_;
  std::uint32_t max_nesting_;
  MapAst map_;
};

}  // namespace

tl::expected<MapAst, Word> parse_map(std::string_view text, std::uint32_t max_nesting) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  if (const std::size_t bad = fhir::find_invalid_utf8(text); bad != std::string_view::npos)
    return tl::unexpected<Word>(Word{"not UTF-8", static_cast<std::uint32_t>(bad)});
  return Parser(text, max_nesting).whole();
}

}  // namespace mappings::engine
