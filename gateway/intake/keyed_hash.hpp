// The installation's keyed hash, as intake needs it: what makes ids that cannot be guessed or counted back.
#pragma once

#include <functional>
#include <string_view>

#include "gateway/store/ids.hpp"

namespace gateway::intake {

/// HMAC-SHA-256 of the text under the secret of the installation. Same text, same digest, as long as the
/// secret is the same. Any thread. gateway/security has the key; the composition root binds it.
using KeyedHash = std::function<store::Digest(std::string_view text)>;

}  // namespace gateway::intake
