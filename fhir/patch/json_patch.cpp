#include "fhir/patch/json_patch.hpp"

#include <string>
#include <utility>

#include "fhir/json/reader.hpp"
#include "fhir/json/writer.hpp"
#include "fhir/patch/json_pointer.hpp"

namespace fhir::patch {

namespace {

using Kind = JsonValue::Kind;

/// Why an operation cannot be done; no text: it is done.
struct Refusal {
  IssueType type = IssueType::kInvalid;
  const char* text = nullptr;
};

constexpr Refusal kDone{};
constexpr Refusal kNoTarget{IssueType::kNotFound, "the path names nothing in the resource"};
constexpr Refusal kNoParent{IssueType::kNotFound, "what the path names has no parent in the resource"};
constexpr Refusal kNoIndex{IssueType::kNotFound, "the path ends in no index of the array"};

/// The operations on one document.
class Patching {
 public:
  Patching(JsonValue& document, const PatchLimits& limits)
      : document_(document), limits_(limits), values_(count_values(document)) {}

  [[nodiscard]] Refusal run(const JsonValue& operation) {
    if (operation.kind != Kind::kObject) return {IssueType::kInvalid, "an operation is an object"};
    const auto path = pointer_of(operation, "path");
    if (!path) return {IssueType::kInvalid, "path is missing or no JSON pointer"};
    const JsonValue* const name = operation.member("op");
    if (name == nullptr || name->kind != Kind::kString) return {IssueType::kInvalid, "op is missing"};
    if (name->text == "remove") return remove(*path);
    if (name->text == "move" || name->text == "copy") {
      const auto from = pointer_of(operation, "from");
      if (!from) return {IssueType::kInvalid, "from is missing or no JSON pointer"};
      return name->text == "move" ? move(*from, *path) : copy(*from, *path);
    }
    const JsonValue* const value = operation.member("value");
    const bool known = name->text == "add" || name->text == "replace" || name->text == "test";
    if (!known) return {IssueType::kNotSupported, "op is not one of add, remove, replace, move, copy, test"};
    if (value == nullptr) return {IssueType::kInvalid, "value is missing"};
    if (name->text == "add") return add(*path, *value);
    return name->text == "replace" ? replace(*path, *value) : test(*path, *value);
  }

 private:
  static std::optional<JsonPointer> pointer_of(const JsonValue& operation, std::string_view member) {
    const JsonValue* const text = operation.member(member);
    if (text == nullptr || text->kind != Kind::kString) return std::nullopt;
    return parse_pointer(text->text);
  }

  JsonValue* parent_of(const JsonPointer& path) { return find(document_, path, path.size() - 1); }

  /// Every value that comes in is counted, so that copies of copies end.
  Refusal grow(const JsonPointer& path, const JsonValue& value) {
    values_ += count_values(value);
    if (values_ > limits_.max_nodes || path.size() + depth_of(value) > kMaxJsonDepth)
      return {IssueType::kTooCostly, "the result is too large or too deeply nested"};
    return kDone;
  }

  static std::size_t depth_of(const JsonValue& value) {
    std::size_t deepest = 0;
    for (const JsonValue& item : value.items)
      deepest = std::max(deepest, depth_of(item));
    for (const auto& [name, item] : value.members)
      deepest = std::max(deepest, depth_of(item));
    return deepest + 1;
  }

  Refusal add(const JsonPointer& path, JsonValue value) {
    if (const Refusal refused = grow(path, value); refused.text != nullptr) return refused;
    if (path.empty()) {
      document_ = std::move(value);
      return kDone;
    }
    JsonValue* const parent = parent_of(path);
    if (parent == nullptr || !parent->is_container()) return kNoParent;
    parent->emptied = false;
    if (parent->kind == Kind::kObject) {
      if (JsonValue* const old = parent->member(path.back())) {
        *old = std::move(value);
      } else {
        parent->members.push_back({path.back(), std::move(value)});
      }
      return kDone;
    }
    const std::size_t size = parent->items.size();
    const auto index = path.back() == "-" ? std::optional(size) : array_index(path.back(), size + 1);
    if (!index) return kNoIndex;
    parent->items.insert(parent->items.begin() + static_cast<std::ptrdiff_t>(*index), std::move(value));
    return kDone;
  }

  Refusal remove(const JsonPointer& path) {
    if (path.empty()) return {IssueType::kInvalid, "the whole resource cannot be removed"};
    JsonValue* const parent = parent_of(path);
    if (parent == nullptr || find(document_, path, path.size()) == nullptr) return kNoTarget;
    if (parent->kind == Kind::kArray) {
      const auto index = array_index(path.back(), parent->items.size());
      parent->items.erase(parent->items.begin() + static_cast<std::ptrdiff_t>(*index));
    } else {
      std::erase_if(parent->members, [&path](const JsonMember& one) { return one.name == path.back(); });
    }
    parent->emptied = parent->items.empty() && parent->members.empty();
    return kDone;
  }

  Refusal replace(const JsonPointer& path, const JsonValue& value) {
    if (const Refusal refused = grow(path, value); refused.text != nullptr) return refused;
    JsonValue* const target = find(document_, path, path.size());
    if (target == nullptr) return kNoTarget;
    *target = value;
    return kDone;
  }

  Refusal move(const JsonPointer& from, const JsonPointer& path) {
    const bool below = from.size() < path.size() && std::equal(from.begin(), from.end(), path.begin());
    if (below) return {IssueType::kInvalid, "a value cannot be moved into itself"};
    JsonValue* const source = find(document_, from, from.size());
    if (source == nullptr) return {IssueType::kNotFound, "from names nothing in the resource"};
    if (from == path) return kDone;
    JsonValue value = *source;
    if (const Refusal refused = remove(from); refused.text != nullptr) return refused;
    return add(path, std::move(value));
  }

  Refusal copy(const JsonPointer& from, const JsonPointer& path) {
    const JsonValue* const source = find(document_, from, from.size());
    if (source == nullptr) return {IssueType::kNotFound, "from names nothing in the resource"};
    return add(path, *source);
  }

  Refusal test(const JsonPointer& path, const JsonValue& value) {
    const JsonValue* const target = find(document_, path, path.size());
    if (target == nullptr)
      return {IssueType::kConflict, "the test fails: the path names nothing in the resource"};
    return equal(*target, value) ? kDone
                                 : Refusal{IssueType::kConflict, "the test fails: the values are not equal"};
  }

  JsonValue& document_;
  const PatchLimits& limits_;
  std::size_t values_;
};

void refuse(IssueList& issues, IssueType type, std::string text) {
  issues.add(Severity::kError, type, {}, std::move(text));
}

}  // namespace

bool apply_json_patch(JsonValue& document, std::string_view patch, IssueList& issues,
                      const PatchLimits& limits) {
  const auto operations = parse_json(patch, limits.max_nodes);
  if (!operations || operations->kind != Kind::kArray) {
    refuse(issues, IssueType::kInvalid, "The JSON Patch is not a JSON array of operations.");
    return false;
  }
  if (operations->items.size() > limits.max_operations) {
    refuse(issues, IssueType::kTooCostly,
           "The JSON Patch has more than " + std::to_string(limits.max_operations) + " operations.");
    return false;
  }
  Patching patching(document, limits);
  for (std::size_t at = 0; at < operations->items.size(); ++at) {
    const Refusal refused = patching.run(operations->items[at]);
    if (refused.text == nullptr) continue;
    refuse(issues, refused.type,
           "Operation " + std::to_string(at) + " of the JSON Patch: " + refused.text + ".");
    return false;
  }
  return true;
}

PatchOutcome apply_json_patch(tree::Node resource, std::string_view patch, const PatchLimits& limits) {
  PatchOutcome outcome;
  if (!resource) {
    refuse(outcome.issues, IssueType::kNotFound, "There is no resource to patch.");
    return outcome;
  }
  auto document = parse_json(json::write(resource), limits.max_nodes);
  if (!document) {
    refuse(outcome.issues, IssueType::kTooCostly, "The resource is too large or too deeply nested to patch.");
    return outcome;
  }
  if (!apply_json_patch(*document, patch, outcome.issues, limits)) return outcome;
  drop_emptied(*document);
  tree::ReadOutcome read = json::read(write_json(*document), resource.tree()->table());
  outcome.issues.append(read.issues);
  if (read.tree && read.tree->root().type() != resource.type()) {
    refuse(outcome.issues, IssueType::kInvalid, "A patch cannot change the type of a resource.");
  }
  if (!outcome.issues.has_error()) outcome.tree = std::move(read.tree);
  return outcome;
}

}  // namespace fhir::patch
