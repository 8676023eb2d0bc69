// The hash behind the ids of an installation: the server and the commands that write into its store must
// agree.
#pragma once

#include <string_view>

#include "gateway/intake/keyed_hash.hpp"
#include "gateway/security/id_key.hpp"

namespace gateway::app {

[[nodiscard]] inline intake::KeyedHash keyed_hash(const security::IdKey& key) {
  return [key](std::string_view text) { return key.digest("ligament.id", {text}); };
}

}  // namespace gateway::app
