#include "fhir/snapshot/difference.hpp"

#include <optional>
#include <unordered_map>
#include <utility>

namespace fhir::snapshot {
namespace {

constexpr std::size_t kMaxDepth = 32;
/// Elements of a differential: finding the place of one looks at its neighbours.
constexpr std::size_t kMaxChanges = 5'000;

struct Step {
  std::string_view name;
  std::string_view slice;
};

std::vector<std::string_view> split(std::string_view text) {
  std::vector<std::string_view> out;
  for (;;) {
    const std::size_t dot = text.find('.');
    out.push_back(text.substr(0, dot));
    if (dot == std::string_view::npos) return out;
    text.remove_prefix(dot + 1);
  }
}

/// True when `id_name` is the choice `path_name` is a type of: `value[x]` and `valueQuantity`.
bool is_choice_of(std::string_view id_name, std::string_view path_name) {
  if (id_name.size() <= 3 || id_name.substr(id_name.size() - 3) != "[x]") return false;
  const std::string_view stem = id_name.substr(0, id_name.size() - 3);
  return path_name.size() > stem.size() && path_name.substr(0, stem.size()) == stem;
}

/// The steps an id names, when they are those of the path.
std::optional<std::vector<Step>> steps_of_id(std::string_view id, const std::vector<std::string_view>& path,
                                             std::string_view slice_name) {
  if (id.find('.') == std::string_view::npos) return std::nullopt;
  // Slice names may hold dots nowhere, and `/` and `:` only in reslices and choices.
  const std::vector<std::string_view> parts = split(id);
  if (parts.size() != path.size()) return std::nullopt;
  std::vector<Step> out;
  for (std::size_t at = 0; at < parts.size(); ++at) {
    const std::size_t colon = parts[at].find(':');
    Step step{parts[at].substr(0, colon), {}};
    if (colon != std::string_view::npos) step.slice = parts[at].substr(colon + 1);
    if (step.name != path[at] && !is_choice_of(step.name, path[at])) return std::nullopt;
    out.push_back(step);
  }
  if (out.back().slice != slice_name) {
    if (slice_name.empty() || !out.back().slice.empty()) return std::nullopt;
    out.back().slice = slice_name;
  }
  return out;
}

Difference* find_child(Difference& parent, const Step& step) {
  for (const std::unique_ptr<Difference>& each : parent.children) {
    if (each->name == step.name && each->slice == step.slice) return each.get();
  }
  return nullptr;
}

class Reader {
 public:
  explicit Reader(IssueList& issues) : issues_(issues) {}

  void take(tree::Node definition, std::size_t index) {
    const std::string_view path_text = definition.child("path").text();
    const std::vector<std::string_view> path = split(path_text);
    const std::string_view fault = path_fault(path);
    if (!fault.empty()) {
      refuse(index, fault);
      return;
    }
    if (root_ == nullptr) {
      root_ = std::make_unique<Difference>();
      root_->name = path[0];
      root_->index = index;
    }
    if (path[0] != root_->name) {
      refuse(index, "The path starts with another type than the paths before it");
      return;
    }
    if (path.size() == 1) {
      root_->definition = definition;
      root_->index = index;
      open_ = {root_.get()};
      return;
    }
    place(definition, index, path);
  }

  [[nodiscard]] std::unique_ptr<Difference> finish() { return std::move(root_); }

 private:
  static std::string_view path_fault(const std::vector<std::string_view>& path) {
    if (path.size() > kMaxDepth) return "The path has more than 32 parts";
    for (const std::string_view part : path) {
      if (part.empty()) return "The path has an empty part";
    }
    return {};
  }

  void refuse(std::size_t index, std::string_view why) {
    issues_.add(Severity::kError, IssueType::kInvalid,
                "StructureDefinition.differential.element[" + std::to_string(index) + "].path",
                std::string(why));
  }

  void place(tree::Node definition, std::size_t index, const std::vector<std::string_view>& path) {
    const std::string_view slice = definition.child("sliceName").text();
    const std::string id(definition.child("id").text());
    const auto by_parent = chains_.find(id.substr(0, id.rfind('.')));
    if (id.find('.') != std::string::npos && by_parent != chains_.end() &&
        by_parent->second.size() + 1 == path.size()) {
      // Ids may name a slice in another way than its sliceName does; its children follow it.
      open_ = by_parent->second;
      open_.push_back(descend(index, {path.back(), slice}, true));
    } else {
      std::optional<std::vector<Step>> steps = steps_of_id(id, path, slice);
      if (!steps) steps = steps_of_order(path, slice);
      open_ = {root_.get()};
      for (std::size_t at = 1; at < steps->size(); ++at)
        open_.push_back(descend(index, (*steps)[at], at + 1 == steps->size()));
    }
    open_.back()->definition = definition;
    open_.back()->index = index;
    if (!id.empty()) chains_.emplace(id, open_);
  }

  /// The child of the element last opened, found or made.
  Difference* descend(std::size_t index, const Step& step, bool is_last) {
    Difference* next = find_child(*open_.back(), step);
    if (next != nullptr && is_last && next->definition) {
      issues_.add(Severity::kError, IssueType::kDuplicate,
                  "StructureDefinition.differential.element[" + std::to_string(index) + "]",
                  "The differential speaks of this element twice; a slice needs a name");
      next = nullptr;
    }
    if (next != nullptr) return next;
    auto made = std::make_unique<Difference>();
    made->name = step.name;
    made->slice = step.slice;
    made->index = index;
    next = made.get();
    open_.back()->children.push_back(std::move(made));
    return next;
  }

  /// Parents are the nearest ones before with the same names, in whatever slice they are.
  [[nodiscard]] std::vector<Step> steps_of_order(const std::vector<std::string_view>& path,
                                                 std::string_view slice) const {
    std::vector<Step> out;
    bool same = true;
    for (std::size_t at = 0; at < path.size(); ++at) {
      Step step{path[at], {}};
      same = same && at < open_.size() && open_[at]->name == path[at];
      if (same && at + 1 < path.size()) step.slice = open_[at]->slice;
      out.push_back(step);
    }
    out.back().slice = slice;
    return out;
  }

  IssueList& issues_;
  std::unique_ptr<Difference> root_;
  std::vector<Difference*> open_;  ///< From the root to the element before.
  std::unordered_map<std::string, std::vector<Difference*>> chains_;  ///< The same of every id so far.
};

}  // namespace

std::unique_ptr<Difference> read_differential(tree::Node structure, IssueList& issues) {
  Reader reader(issues);
  std::size_t index = 0;
  for (const tree::Node definition : structure.child("differential").children("element")) {
    if (index == kMaxChanges) {
      issues.add(
          Severity::kError, IssueType::kTooCostly, "StructureDefinition.differential",
          "The differential has over " + std::to_string(kMaxChanges) + " elements; the rest is left out");
      break;
    }
    reader.take(definition, index++);
  }
  return reader.finish();
}

std::string place_of(const Difference& difference) {
  return "StructureDefinition.differential.element[" + std::to_string(difference.index) + "]";
}

}  // namespace fhir::snapshot
