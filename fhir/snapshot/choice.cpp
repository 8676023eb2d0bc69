#include "fhir/snapshot/choice.hpp"

#include <algorithm>
#include <cctype>

namespace fhir::snapshot {
namespace {

std::string capitalised(std::string_view type) {
  std::string out(type);
  if (!out.empty()) out[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(out[0])));
  return out;
}

std::string stem_of(const Element& choice) {
  return choice.is_choice() ? choice.name.substr(0, choice.name.size() - 3) : choice.name;
}

}  // namespace

std::string choice_name(const Element& choice, std::string_view type) {
  return stem_of(choice) + capitalised(type);
}

std::string choice_type_of(const Element& choice, std::string_view name) {
  if (!choice.is_choice()) return {};
  for (const std::string& type : choice.definition.type_codes()) {
    if (choice_name(choice, type) == name) return type;
  }
  return {};
}

void narrow_types(Definition& definition, std::string_view type) {
  std::vector<Piece>& pieces = definition.pieces();
  pieces.erase(std::remove_if(
                   pieces.begin(), pieces.end(),
                   [type](const Piece& piece) { return piece.name() == "type" && type_code(piece) != type; }),
               pieces.end());
}

bool is_type_slicing(const Element& unsliced, const std::string& choice_type, std::string_view slice_name) {
  if (!choice_type.empty()) return true;
  if (!unsliced.is_choice()) return false;
  if (!choice_type_of(unsliced, slice_name).empty()) return true;
  const Piece* slicing = unsliced.definition.find("slicing");
  if (slicing == nullptr) return false;
  Piece copy = *slicing;
  const std::vector<Piece>& parts = copy.parts();
  return std::any_of(parts.begin(), parts.end(), [](const Piece& part) {
    return part.name() == "discriminator" && part.text_of("type") == "type" &&
           part.text_of("path") == "$this";
  });
}

}  // namespace fhir::snapshot
