#include "fhir/validate/questionnaire_form.hpp"

#include <algorithm>

namespace fhir::validate {

using tree::Node;

QuestionnaireForm::QuestionnaireForm(Node questionnaire) : root_(questionnaire) {
  std::vector<Node> open{questionnaire};
  while (!open.empty()) {
    const Node parent = open.back();
    open.pop_back();
    std::size_t ordinal = 0;
    for (const Node item : parent.children("item")) {
      items_.try_emplace(item.child("linkId").text(), FormItem{item, parent, ordinal++});
      open.push_back(item);
    }
  }
}

const FormItem* QuestionnaireForm::find(std::string_view link_id) const {
  const auto found = items_.find(link_id);
  return found == items_.end() ? nullptr : &found->second;
}

ResponseIndex::ResponseIndex(Node response) {
  add_below(response);
}

// As deep as the response, which its reader has bounded.
void ResponseIndex::add_below(Node parent) {
  const std::uint32_t begin = next_++;
  for (const Node child : parent.children()) {
    const std::string_view name = child.name();
    if (name == "item") items_[child.child("linkId").text()].push_back({next_, child});
    if (name == "item" || name == "answer") add_below(child);
  }
  extents_.emplace(parent.index(), std::pair(begin, next_));
}

bool ResponseIndex::answers_within(Node scope, std::string_view link_id, std::vector<Node>& out) const {
  const auto items = items_.find(link_id);
  const auto extent = extents_.find(scope.index());
  if (items == items_.end() || extent == extents_.end()) return false;
  const auto [begin, end] = extent->second;
  auto at = std::lower_bound(items->second.begin(), items->second.end(), begin,
                             [](const Place& place, std::uint32_t number) { return place.begin < number; });
  bool found = false;
  for (; at != items->second.end() && at->begin < end; ++at) {
    found = true;
    for (const Node answer : at->item.children("answer"))
      out.push_back(answer);
  }
  return found;
}

Node extension_value(Node element, std::string_view url) {
  for (const Node extension : element.children("extension")) {
    if (extension.child("url").text() == url) return extension.child("value");
  }
  return {};
}

}  // namespace fhir::validate
