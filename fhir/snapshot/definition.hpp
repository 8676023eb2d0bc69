// The content of one ElementDefinition while a snapshot is being made: all but its place (id, path,
// sliceName).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "fhir/snapshot/piece.hpp"
#include "fhir/tree/tree.hpp"

namespace fhir::snapshot {

/// Value semantics.
class Definition {
 public:
  Definition() = default;
  explicit Definition(tree::Node element_definition);

  [[nodiscard]] const Piece* find(std::string_view name) const;
  [[nodiscard]] Piece* find(std::string_view name);
  [[nodiscard]] bool has(std::string_view name) const { return find(name) != nullptr; }
  /// The value of a primitive child; empty when there is none.
  [[nodiscard]] std::string_view text(std::string_view name) const;

  void erase(std::string_view name);
  void add(Piece piece) { pieces_.push_back(std::move(piece)); }
  /// Replaces all children of the piece's name.
  void set(Piece piece);
  void set(std::string_view name, std::string_view text) { set(Piece::of_text(name, text)); }
  /// Replaces all children of a name by those of another definition.
  void take(std::string_view name, const Definition& from);

  [[nodiscard]] std::vector<Piece>& pieces() { return pieces_; }
  [[nodiscard]] const std::vector<Piece>& pieces() const { return pieces_; }

  /// The type codes, in order: `Quantity`; `string` for what FHIR types with a System URL.
  [[nodiscard]] std::vector<std::string> type_codes() const;

 private:
  std::vector<Piece> pieces_;
};

/// The code of one ElementDefinition.type: the FHIR type where the code is a FHIRPath System URL.
[[nodiscard]] std::string type_code(const Piece& type);

/// What the base says of extensions at large is not said of those a profile speaks of.
void speak_of_extension(Definition& definition);

}  // namespace fhir::snapshot
