// Bytes that are promised word for word, without a second copy of what the store has already.
//
// A body is a text of its own with places where the JSON of a stored resource goes in. Which version goes in
// is settled when the body is written: the current one in that transaction. Versions never change, so the
// body reads the same for ever.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace gateway::store {

struct BodyInsert {
  std::size_t at = 0;  ///< Bytes of the body's own text before it.
  std::string type;
  std::string id;
  friend bool operator==(const BodyInsert&, const BodyInsert&) = default;
};

/// In order of `at`. Whoever takes them fails with kNotFound for an unknown resource, and with
/// kInvalidRequest for a place beyond the text or before the last one.
using BodyInserts = std::vector<BodyInsert>;

}  // namespace gateway::store
