// Which parts of a configuration take effect while the gateway runs.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "gateway/config/config.hpp"

namespace gateway::app {

/// `running` with the partners, rota, deadlines, default practice route and use cases of `read`.
[[nodiscard]] std::shared_ptr<const config::Config> reloaded(const config::Config& running,
                                                             const config::Config& read);

/// Sections that differ and only take effect at a start: `doors`, `limits`, ... Empty: `read` is all there
/// is.
[[nodiscard]] std::vector<std::string> needs_restart(const config::Config& running,
                                                     const config::Config& read);

/// Names of partners that `read` has no more.
[[nodiscard]] std::vector<std::string> removed_partners(const config::Config& running,
                                                        const config::Config& read);

}  // namespace gateway::app
