#include <algorithm>
#include <vector>

#include "fhir/terminology/library.hpp"
#include "fhir/terminology/operations.hpp"
#include "fhir/terminology/parameters_builder.hpp"

namespace fhir::terminology {
namespace {

constexpr int kMaxMaps = 8;
constexpr std::size_t kMaxMatches = 1'000;

struct Match {
  std::string_view equivalence;
  Coded coding;
  std::string_view source;  ///< URL of the map.
  tree::Node target;        ///< Of its products.
};

std::string_view without_version(std::string_view canonical) {
  return canonical.substr(0, canonical.find('|'));
}

/// What a relation is, read from the other end.
std::string_view reversed(std::string_view equivalence) {
  if (equivalence == "wider") return "narrower";
  if (equivalence == "narrower") return "wider";
  if (equivalence == "subsumes") return "specializes";
  return equivalence == "specializes" ? "subsumes" : equivalence;
}

bool is_translation(std::string_view equivalence) {
  return equivalence != "unmatched" && equivalence != "disjoint";
}

class Translator {
 public:
  Translator(const Terminology& terms, const TranslateRequest& request)
      : registry_(terms.library().registry()), request_(request) {}

  void run(tree::Node map) {
    for (const Coded& coded : request_.codings)
      translate(map, coded, 0);
  }
  [[nodiscard]] const std::vector<Match>& matches() const noexcept { return matches_; }

 private:
  void translate(tree::Node map, const Coded& coded, int depth) {
    for (const tree::Node group : map.children("group")) {
      const std::string_view source = group.child("source").text();
      const std::string_view target = group.child("target").text();
      if ((request_.reverse ? target : source) != coded.system) continue;
      const std::string_view other = request_.reverse ? source : target;
      if (!request_.target_system.empty() && other != request_.target_system) continue;
      const bool found = request_.reverse ? backward(map, group, coded) : forward(map, group, coded);
      if (!found && !request_.reverse) unmapped(map, group, coded, depth);
    }
  }

  bool forward(tree::Node map, tree::Node group, const Coded& coded) {
    bool found = false;
    for (const tree::Node element : group.children("element")) {
      if (element.child("code").text() != coded.code) continue;
      found = true;
      for (const tree::Node target : element.children("target")) {
        add({target.child("equivalence").text(),
             {group.child("target").text(), group.child("targetVersion").text(), target.child("code").text(),
              target.child("display").text()},
             map.child("url").text(),
             target});
      }
    }
    return found;
  }

  bool backward(tree::Node map, tree::Node group, const Coded& coded) {
    for (const tree::Node element : group.children("element")) {
      for (const tree::Node target : element.children("target")) {
        const std::string_view equivalence = target.child("equivalence").text();
        if (target.child("code").text() != coded.code || !is_translation(equivalence)) continue;
        add({reversed(equivalence),
             {group.child("source").text(), group.child("sourceVersion").text(), element.child("code").text(),
              element.child("display").text()},
             map.child("url").text(),
             {}});
      }
    }
    return true;
  }

  void unmapped(tree::Node map, tree::Node group, const Coded& coded, int depth) {
    const tree::Node rule = group.child("unmapped");
    const std::string_view mode = rule.child("mode").text();
    const std::string_view target = group.child("target").text();
    const std::string_view url = map.child("url").text();
    if (mode == "provided") {
      add({"equal", {target, {}, coded.code, coded.display}, url, {}});
    } else if (mode == "fixed") {
      add({"inexact", {target, {}, rule.child("code").text(), rule.child("display").text()}, url, {}});
    } else if (mode == "other-map" && depth < kMaxMaps) {
      translate(registry_.find("ConceptMap", rule.child("url").text()), coded, depth + 1);
    }
  }

  void add(Match match) {
    if (matches_.size() < kMaxMatches) matches_.push_back(match);
  }

  const packages::Registry& registry_;
  const TranslateRequest& request_;
  std::vector<Match> matches_;
};

/// True if the map has this end: the value set itself, or any when none is asked for.
bool has_end(tree::Node map, std::string_view name, std::string_view wanted) {
  return wanted.empty() || without_version(map.child(name).text()) == without_version(wanted);
}

bool is_group_of(tree::Node map, const TranslateRequest& request) {
  for (const tree::Node group : map.children("group")) {
    const std::string_view from = group.child(request.reverse ? "target" : "source").text();
    if (std::any_of(request.codings.begin(), request.codings.end(),
                    [from](const Coded& coded) { return coded.system == from; }))
      return true;
  }
  return false;
}

void write_match(ParametersBuilder& out, const Match& match) {
  out.open("match").add("equivalence", "valueCode", match.equivalence);
  if (!match.coding.code.empty()) out.add_coding("concept", match.coding);
  for (const tree::Node product : match.target.children("product")) {
    out.open("product").add("element", "valueUri", product.child("property").text());
    out.add_coding(
        "concept",
        {product.child("system").text(), {}, product.child("value").text(), product.child("display").text()});
    out.close();
  }
  out.add("source", "valueUri", match.source).close();
}

}  // namespace

Result<tree::TreePtr> translate(const Terminology& terms, const TranslateRequest& request) {
  if (request.codings.empty() || request.codings.front().code.empty())
    return fail(ErrorCode::kInvalidRequest, "name a code with its system, a coding or a codeableConcept");
  const packages::Registry& registry = terms.library().registry();
  std::vector<tree::Node> maps;
  if (request.concept_map) {
    maps.push_back(request.concept_map);
  } else if (!request.url.empty()) {
    maps.push_back(registry.find("ConceptMap", request.url));
    if (!maps.back()) return fail(ErrorCode::kNotFound, "the concept map is not known here");
  } else {
    for (const std::string_view url : registry.canonicals("ConceptMap")) {
      const tree::Node map = registry.find("ConceptMap", url);
      if (has_end(map, "source", request.reverse ? request.target : request.source) &&
          has_end(map, "target", request.reverse ? request.source : request.target) &&
          is_group_of(map, request))
        maps.push_back(map);
    }
    if (maps.empty()) return fail(ErrorCode::kNotFound, "no concept map here fits the question");
  }
  Translator translator(terms, request);
  for (const tree::Node map : maps)
    translator.run(map);
  const std::vector<Match>& matches = translator.matches();
  const bool result = std::any_of(matches.begin(), matches.end(),
                                  [](const Match& match) { return is_translation(match.equivalence); });
  ParametersBuilder out;
  out.add_flag("result", result);
  if (!result) out.add("message", "valueString", "No translation of the code is in the maps asked");
  for (const Match& match : matches)
    write_match(out, match);
  return out.finish();
}

}  // namespace fhir::terminology
