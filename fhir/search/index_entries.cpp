#include <algorithm>
#include <string_view>

#include "fhir/search/index_entry.hpp"
#include "fhir/search/parameters.hpp"
#include "fhir/search/period.hpp"
#include "fhir/search/reference_target.hpp"

namespace fhir::search {
namespace {

using tree::Node;

class Collector {
 public:
  /// All elements `path` names, then their values.
  void walk(Node from, std::string_view path, const Parameter& parameter) {
    const auto dot = path.find('.');
    for (const Node child : from.children(path.substr(0, dot))) {
      if (dot == std::string_view::npos) {
        take(child, parameter);
      } else {
        walk(child, path.substr(dot + 1), parameter);  // as deep as the path is long
      }
    }
  }
  [[nodiscard]] std::vector<IndexEntry> finish() { return std::move(entries_); }

 private:
  void add(IndexEntry entry) {
    if (std::ranges::find(entries_, entry) == entries_.end()) entries_.push_back(std::move(entry));
  }
  void add_token(std::string param, std::string_view system, std::string_view value) {
    if (value.empty()) return;
    add({IndexKind::kToken, std::move(param), std::string(system), std::string(value), {}, {}});
  }
  void add_coding(const Parameter& parameter, Node coding) {
    add_token(std::string(parameter.name), coding.child("system").text(), coding.child("code").text());
  }

  void take(Node node, const Parameter& parameter) {
    switch (parameter.extract) {
      case Extract::kCode: return add_token(std::string(parameter.name), {}, node.text());
      case Extract::kIdentifier:
        return add_token(std::string(parameter.name), node.child("system").text(),
                         node.child("value").text());
      case Extract::kConcept:
        if (node.child("code")) add_coding(parameter, node);
        for (const Node coding : node.children("coding"))
          add_coding(parameter, coding);
        return;
      case Extract::kReference: return take_reference(node, parameter);
      case Extract::kDate: return take_date(node, parameter);
    }
  }

  void take_reference(Node node, const Parameter& parameter) {
    const ReferenceTarget target = reference_target(node.child("reference").text());
    std::string_view type = target.type;
    if (type.empty()) type = node.child("type").text();
    // A urn or a bare identifier may be of the wanted type; only a type that is known to be another excludes
    // it.
    if (!parameter.target.empty() && !type.empty() && type != parameter.target) return;
    if (!target.id.empty()) {
      add({IndexKind::kReference,
           std::string(parameter.name),
           std::string(type),
           std::string(target.id),
           {},
           {}});
    }
    const Node identifier = node.child("identifier");
    add_token(std::string(parameter.name) + ":identifier", identifier.child("system").text(),
              identifier.child("value").text());
  }

  void take_date(Node node, const Parameter& parameter) {
    const std::optional<Period> period = parse_period(node.text());
    if (!period) return;
    add({IndexKind::kDate, std::string(parameter.name), {}, {}, period->low, period->high});
  }

  std::vector<IndexEntry> entries_;
};

}  // namespace

std::vector<IndexEntry> index_entries(Node resource) {
  Collector collector;
  for (const Parameter& parameter : parameters_of(resource.type())) {
    collector.walk(resource, parameter.path, parameter);
  }
  return collector.finish();
}

}  // namespace fhir::search
