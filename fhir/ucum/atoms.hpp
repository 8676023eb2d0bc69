// The table of UCUM unit atoms and prefixes.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace fhir::ucum {

enum class Kind : std::uint8_t {
  kBase,     ///< A base unit; `value` is its index.
  kDerived,  ///< `value` times `unit`.
  kOwn,      ///< Arbitrary, or not linear in its base: comparable with itself only.
};

/// One atom. `unit` is a unit expression over other atoms, free of cycles; empty stands for 1.
struct Atom {
  std::string_view code;
  Kind kind;
  bool metric;  ///< Takes prefixes.
  std::string_view value;
  std::string_view unit;
  std::string_view shift = {};  ///< Added to a value before it is scaled.
};

/// Sorted by code, in bytes.
[[nodiscard]] std::span<const Atom> atoms() noexcept;
/// The index of an atom. Cost: a binary search.
[[nodiscard]] std::optional<std::uint16_t> find_atom(std::string_view code) noexcept;

struct Prefix {
  std::string_view code;
  int exponent;  ///< Of ten; of 1024 when binary.
  bool binary = false;
};
/// Two-letter prefixes first.
[[nodiscard]] std::span<const Prefix> prefixes() noexcept;

}  // namespace fhir::ucum
