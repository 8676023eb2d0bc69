#include "fhir/snapshot/definition.hpp"

#include <algorithm>
#include <cctype>

namespace fhir::snapshot {
namespace {

constexpr std::string_view kSystem = "http://hl7.org/fhirpath/System.";
constexpr std::string_view kFhirType =
    "http://hl7.org/fhir/StructureDefinition/structuredefinition-fhir-type";

}  // namespace

Definition::Definition(tree::Node element_definition) {
  for (const tree::Node child : element_definition.children()) {
    const std::string_view name = child.name();
    if (name != "id" && name != "path" && name != "sliceName") pieces_.push_back(Piece::copy_of(child));
  }
}

const Piece* Definition::find(std::string_view name) const {
  const auto found = std::find_if(pieces_.begin(), pieces_.end(),
                                  [name](const Piece& piece) { return piece.name() == name; });
  return found == pieces_.end() ? nullptr : &*found;
}

Piece* Definition::find(std::string_view name) {
  const auto found = std::find_if(pieces_.begin(), pieces_.end(),
                                  [name](const Piece& piece) { return piece.name() == name; });
  return found == pieces_.end() ? nullptr : &*found;
}

std::string_view Definition::text(std::string_view name) const {
  const Piece* piece = find(name);
  return piece == nullptr ? std::string_view() : piece->text();
}

void Definition::erase(std::string_view name) {
  pieces_.erase(std::remove_if(pieces_.begin(), pieces_.end(),
                               [name](const Piece& piece) { return piece.name() == name; }),
                pieces_.end());
}

void Definition::set(Piece piece) {
  erase(piece.name());
  pieces_.push_back(std::move(piece));
}

void Definition::take(std::string_view name, const Definition& from) {
  erase(name);
  for (const Piece& piece : from.pieces_) {
    if (piece.name() == name) pieces_.push_back(piece);
  }
}

std::vector<std::string> Definition::type_codes() const {
  std::vector<std::string> out;
  for (const Piece& piece : pieces_) {
    if (piece.name() == "type") out.push_back(type_code(piece));
  }
  return out;
}

std::string type_code(const Piece& type) {
  const std::string_view code = type.text_of("code");
  if (code.substr(0, kSystem.size()) != kSystem) return std::string(code);
  Piece copy = type;
  for (Piece& part : copy.parts()) {
    if (part.name() == "extension" && part.text_of("url") == kFhirType)
      return std::string(part.text_of("value"));
  }
  std::string out(code.substr(kSystem.size()));
  if (!out.empty()) out[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(out[0])));
  return out;
}

void speak_of_extension(Definition& definition) {
  definition.set("short", "Extension");
  definition.set("definition", "An Extension");
  for (const std::string_view word : {"comment", "requirements", "alias", "mapping"})
    definition.erase(word);
}

}  // namespace fhir::snapshot
