#include "fhir/terminology/value_set.hpp"

#include <algorithm>
#include <unordered_set>
#include <utility>

#include "fhir/terminology/text_match.hpp"

namespace fhir::terminology {
namespace {

Finding unknown(Missing missing) {
  Finding finding;
  finding.truth = Truth::kUnknown;
  finding.missing = missing;
  return finding;
}

Finding yes(Member member) {
  Finding finding;
  finding.truth = Truth::kYes;
  finding.member = member;
  return finding;
}

bool has_display(tree::Node listing, std::string_view text) {
  if (same_display(listing.child("display").text(), text)) return true;
  const tree::NodeRange designations = listing.children("designation");
  return std::any_of(designations.begin(), designations.end(), [text](tree::Node designation) {
    return same_display(designation.child("value").text(), text);
  });
}

Member member_of_system(const CodeSystem& system, ConceptIndex index, tree::Node listing = {}) {
  const Concept& found = system.at(index);
  return {system.url(), system.version(), found.code,    listing, &system,
          index,        found.inactive,   found.abstract};
}

/// Why a code that is not among the concepts of `system` may exist all the same.
Missing missing_of(Content content) {
  switch (content) {
    case Content::kFragment: return Missing::kFragment;
    case Content::kExample: return Missing::kExample;
    case Content::kNotPresent:
    case Content::kSupplement: return Missing::kContent;
    case Content::kComplete: return Missing::kNone;
  }
  return Missing::kNone;
}

}  // namespace

std::string_view Member::display() const {
  const std::string_view own = listing.child("display").text();
  return !own.empty() || system == nullptr ? own : system->at(index).display;
}

bool Member::allows_display(std::string_view text) const {
  if (has_display(listing, text)) return true;
  if (system != nullptr && system->is_display(index, text)) return true;
  return display().empty();
}

Finding Clause::find_listed(std::string_view code) const {
  auto found = listed.find(code);
  tree::Node listing = found == listed.end() ? tree::Node() : found->second;
  if (!listing && !listed_folded.empty()) {
    const auto folded = listed_folded.find(fold_case(code));
    if (folded != listed_folded.end()) listing = folded->second;
  }
  if (!listing) return {};
  const auto index =
      codes == nullptr ? std::optional<ConceptIndex>() : codes->find(listing.child("code").text());
  if (index) return yes(member_of_system(*codes, *index, listing));
  Member member;
  member.system_url = system;
  member.version = version;
  member.code = listing.child("code").text();
  member.listing = listing;
  member.inactive = listing.child("inactive").text() == "true";
  member.abstract = listing.child("abstract").text() == "true";
  return yes(member);
}

Finding Clause::find_in_system(std::string_view code) const {
  if (const auto index = codes->find(code)) {
    if (kind == Kind::kFiltered && !chosen[*index]) return {};
    return yes(member_of_system(*codes, *index));
  }
  if (codes->content() == Content::kComplete) return {};
  return syntax ? find_by_syntax(code) : unknown(missing_of(codes->content()));
}

Finding Clause::find_by_syntax(std::string_view code) const {
  const bool taken =
      std::all_of(patterns.begin(), patterns.end(), [code](const auto& pattern) { return pattern(code); });
  if (!taken) return {};
  switch (judge(*syntax, code)) {
    case SyntaxVerdict::kInvalid: return {};
    case SyntaxVerdict::kUnknown: return unknown(Missing::kContent);
    case SyntaxVerdict::kValid: break;
  }
  Member member;
  member.system_url = system;
  member.code = code;
  return yes(member);
}

Finding Clause::find_by_rule(std::string_view code) const {
  switch (kind) {
    case Kind::kListed: return find_listed(code);
    case Kind::kWholeSystem:
    case Kind::kFiltered: return find_in_system(code);
    case Kind::kSyntax: return find_by_syntax(code);
    case Kind::kUncheckable:
      // What breaks the syntax of the system is outside whatever else the rule says.
      return syntax && judge(*syntax, code) == SyntaxVerdict::kInvalid ? Finding{} : unknown(missing);
    case Kind::kSetsOnly: break;
  }
  return {};
}

Finding Clause::find(std::string_view wanted_system, std::string_view code) const {
  if (!system.empty() && !wanted_system.empty() && wanted_system != system) return {};
  Finding result;
  bool first = kind == Kind::kSetsOnly;
  if (!first) result = find_by_rule(code);
  for (const std::shared_ptr<const ValueSet>& set : sets) {
    if (!first && result.truth == Truth::kNo) return result;
    Finding inner = set->find(kind == Kind::kSetsOnly ? wanted_system : system, code);
    const bool weaker = inner.truth < result.truth;
    if (first || weaker) result = std::move(inner);
    first = false;
  }
  const bool possible = first || result.truth != Truth::kNo;
  return missing_import != Missing::kNone && possible ? unknown(missing_import) : result;
}

bool ValueSet::is_excluded(const Member& member) const {
  if (active_only_ && member.inactive) return true;
  return std::any_of(excludes_.begin(), excludes_.end(), [&member](const Clause& clause) {
    return clause.find(member.system_url, member.code).truth == Truth::kYes;
  });
}

Finding ValueSet::find(std::string_view system, std::string_view code) const {
  Finding best;
  for (const Clause& clause : includes_) {
    Finding finding = clause.find(system, code);
    if (finding.truth == Truth::kYes && is_excluded(finding.member)) {
      if (!system.empty()) return {};
      continue;
    }
    if (best.truth == Truth::kYes) {
      best.ambiguous = best.ambiguous ||
                       (finding.truth == Truth::kYes && finding.member.system_url != best.member.system_url);
    } else if (finding.truth > best.truth) {
      best = std::move(finding);
    }
    if (best.truth == Truth::kYes && !system.empty()) break;
  }
  if (best.truth == Truth::kNo) return best;
  for (const Clause& clause : excludes_) {
    const Finding finding = clause.find(system, code);
    if (finding.truth == Truth::kYes && best.truth == Truth::kUnknown) return {};
    if (finding.truth == Truth::kUnknown) return unknown(finding.missing);
  }
  return best;
}

namespace {

/// Gives the codes of one clause, without its exclusions.
class ClauseWalk {
 public:
  ClauseWalk(const Clause& clause, const std::function<bool(const Member&)>& take)
      : clause_(clause), take_(take) {}

  Status run(std::size_t limit) {
    if (clause_.missing_import != Missing::kNone) return refuse();
    switch (clause_.kind) {
      case Clause::Kind::kListed: return listed();
      case Clause::Kind::kWholeSystem:
      case Clause::Kind::kFiltered: return system();
      case Clause::Kind::kSyntax: return syntax();
      case Clause::Kind::kSetsOnly: return sets(limit);
      case Clause::Kind::kUncheckable: break;
    }
    return refuse();
  }

 private:
  static Status refuse() {
    return fail(ErrorCode::kUnprocessable,
                "the value set has a part whose codes are not here or cannot be listed");
  }

  Status listed() {
    for (const std::string_view code : clause_.listed_order) {
      if (!offer(code)) break;
    }
    return {};
  }
  Status system() {
    if (clause_.codes->content() != Content::kComplete) return refuse();
    for (const Concept& found : clause_.codes->concepts()) {
      if (!offer(found.code)) break;
    }
    return {};
  }
  Status syntax() {
    std::string_view rest = enumerated_codes(*clause_.syntax);
    if (rest.empty()) return refuse();
    while (!rest.empty()) {
      const std::string_view code = rest.substr(0, rest.find(' '));
      rest.remove_prefix(std::min(rest.size(), code.size() + 1));
      if (!offer(code)) break;
    }
    return {};
  }
  Status sets(std::size_t limit) {
    if (clause_.sets.empty()) return {};
    return clause_.sets.front()->enumerate(
        [this](const Member& member) {
          const Finding finding = clause_.find(member.system_url, member.code);
          return finding.truth != Truth::kYes || take_(member);
        },
        limit);
  }
  bool offer(std::string_view code) {
    const Finding finding = clause_.find(clause_.system, code);
    return finding.truth != Truth::kYes || take_(finding.member);
  }

  const Clause& clause_;
  const std::function<bool(const Member&)>& take_;
};

}  // namespace

Status ValueSet::enumerate(const std::function<bool(const Member&)>& take, std::size_t limit) const {
  std::unordered_set<std::string> seen;
  bool stopped = false;
  bool over = false;
  const std::function<bool(const Member&)> once = [&](const Member& member) {
    if (is_excluded(member)) return true;
    if (!seen.insert(std::string(member.system_url).append("|").append(member.code)).second) return true;
    over = seen.size() > limit;
    stopped = over || !take(member);
    return !stopped;
  };
  for (const Clause& clause : excludes_) {
    if (clause.kind == Clause::Kind::kUncheckable || clause.missing_import != Missing::kNone) {
      return fail(ErrorCode::kUnprocessable,
                  "the value set excludes codes by a rule that cannot be run here");
    }
  }
  for (const Clause& clause : includes_) {
    if (stopped) break;
    LIGAMENT_CHECK(ClauseWalk(clause, once).run(limit));
  }
  if (over) return fail(ErrorCode::kTooLarge, "the expansion has over " + std::to_string(limit) + " codes");
  return {};
}

}  // namespace fhir::terminology
