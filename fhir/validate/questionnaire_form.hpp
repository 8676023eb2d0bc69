// A Questionnaire made ready for checking responses against it, and the answers of a response made ready for
// enableWhen: both indexed once.
#pragma once

#include <cstdint>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "fhir/tree/tree.hpp"

namespace fhir::validate {

/// Where the definition of an item stands.
struct FormItem {
  tree::Node item;
  tree::Node parent;  ///< The item around it, or the Questionnaire.
  std::size_t ordinal = 0;
};

/// The items of a Questionnaire by linkId; of two with one linkId the first. Views and nodes are of its tree.
class QuestionnaireForm {
 public:
  explicit QuestionnaireForm(tree::Node questionnaire);
  [[nodiscard]] tree::Node root() const noexcept { return root_; }
  /// Null when there is no such item.
  [[nodiscard]] const FormItem* find(std::string_view link_id) const;

 private:
  tree::Node root_;
  std::unordered_map<std::string_view, FormItem> items_;
};

/// The items of a QuestionnaireResponse by linkId, in document order.
class ResponseIndex {
 public:
  explicit ResponseIndex(tree::Node response);
  /// Appends the answers to the question within `scope` (the response, an item or an answer) to `out`. True
  /// if there is such an item, answered or not. Cost: logarithmic, and linear in the answers.
  bool answers_within(tree::Node scope, std::string_view link_id, std::vector<tree::Node>& out) const;

 private:
  struct Place {
    std::uint32_t begin;
    tree::Node item;
  };
  void add_below(tree::Node parent);

  std::unordered_map<std::string_view, std::vector<Place>> items_;
  std::unordered_map<tree::NodeIndex, std::pair<std::uint32_t, std::uint32_t>> extents_;
  std::uint32_t next_ = 0;
};

/// The value of the extension `url` of an element, or an empty node.
[[nodiscard]] tree::Node extension_value(tree::Node element, std::string_view url);

}  // namespace fhir::validate
