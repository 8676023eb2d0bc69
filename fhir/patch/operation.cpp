#include "fhir/patch/operation.hpp"

#include <array>
#include <charconv>
#include <utility>

namespace fhir::patch {

namespace {

constexpr std::array<std::pair<std::string_view, OperationKind>, 5> kKinds{{
    {"add", OperationKind::kAdd},
    {"insert", OperationKind::kInsert},
    {"delete", OperationKind::kDelete},
    {"replace", OperationKind::kReplace},
    {"move", OperationKind::kMove},
}};

/// The parts of an operation; a part that stands twice is a fault.
struct Parts {
  tree::Node type;
  tree::Node path;
  tree::Node name;
  tree::Node value;
  tree::Node index;
  tree::Node source;
  tree::Node destination;
};

tree::Node* slot_of(Parts& parts, std::string_view name) {
  if (name == "type") return &parts.type;
  if (name == "path") return &parts.path;
  if (name == "name") return &parts.name;
  if (name == "value") return &parts.value;
  if (name == "index") return &parts.index;
  if (name == "source") return &parts.source;
  if (name == "destination") return &parts.destination;
  return nullptr;
}

std::string_view text_of(tree::Node part) {
  return part.child("value").text();
}

std::optional<std::size_t> number_of(tree::Node part) {
  const std::string_view text = text_of(part);
  std::size_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

OperationReading fault(const char* text) {
  return {std::nullopt, text};
}

/// What only some kinds need.
const char* read_rest(const Parts& parts, Operation& operation) {
  const bool needs_value = operation.kind == OperationKind::kAdd ||
                           operation.kind == OperationKind::kInsert ||
                           operation.kind == OperationKind::kReplace;
  if (needs_value && !parts.value) return "the part value is missing";
  operation.value = parts.value;
  if (operation.kind == OperationKind::kAdd) {
    operation.name = text_of(parts.name);
    if (operation.name.empty()) return "the part name is missing";
  }
  if (operation.kind == OperationKind::kInsert) {
    const auto index = number_of(parts.index);
    if (!index) return "the part index is missing or no number from 0 on";
    operation.index = *index;
  }
  if (operation.kind == OperationKind::kMove) {
    const auto source = number_of(parts.source);
    const auto destination = number_of(parts.destination);
    if (!source || !destination) return "the part source or destination is missing or no number from 0 on";
    operation.index = *source;
    operation.destination = *destination;
  }
  return nullptr;
}

}  // namespace

OperationReading read_operation(tree::Node parameter) {
  if (parameter.child("name").text() != "operation") return fault("the parameter is not named operation");
  Parts parts;
  for (const tree::Node part : parameter.children("part")) {
    tree::Node* const slot = slot_of(parts, part.child("name").text());
    if (slot == nullptr) return fault("a part has a name that operations do not know");
    if (*slot) return fault("a part stands twice");
    *slot = part;
  }
  Operation operation;
  const std::string_view type = text_of(parts.type);
  bool known = false;
  for (const auto& [name, kind] : kKinds) {
    if (name != type) continue;
    operation.kind = kind;
    known = true;
  }
  if (!known) return fault("the type is not one of add, insert, delete, replace, move");
  operation.path = text_of(parts.path);
  if (operation.path.empty()) return fault("the part path is missing");
  if (const char* const missing = read_rest(parts, operation)) return fault(missing);
  return {operation, nullptr};
}

}  // namespace fhir::patch
