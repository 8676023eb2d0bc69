// Gives an element the children of its type, when a differential goes into it.
#pragma once

#include <cstddef>
#include <string>

#include "fhir/base/result.hpp"
#include "fhir/snapshot/element.hpp"
#include "fhir/snapshot/structures.hpp"

namespace fhir::snapshot {

/// Elements a snapshot may have.
inline constexpr std::size_t kMaxElements = 50'000;

/// Not thread-safe.
class Unfolder {
 public:
  /// `own_type_url` is the canonical of the type the snapshot is of; a new type speaks in its own place, so
  /// that references and links stay relative. `structures` outlives the unfolder.
  Unfolder(Structures& structures, std::string own_type_url, bool is_new_type)
      : structures_(structures), own_type_url_(std::move(own_type_url)), is_new_type_(is_new_type) {}

  /// Gives `element` its children when it has none: those of the element its contentReference names, of the
  /// profile of its type, of its type, or of Element when it has several types. kNotFound when the type is
  /// not known, kUnprocessable when it has no type, kTooLarge past kMaxElements.
  [[nodiscard]] Status unfold(Element& element);

  /// Counts elements made elsewhere. kTooLarge past kMaxElements.
  [[nodiscard]] Status count(std::size_t elements);

 private:
  [[nodiscard]] Status follow_reference(Element& element);
  [[nodiscard]] Status adopt(Element& element, tree::Node structure);

  Structures& structures_;
  std::string own_type_url_;
  bool is_new_type_;
  std::size_t made_ = 0;
};

}  // namespace fhir::snapshot
