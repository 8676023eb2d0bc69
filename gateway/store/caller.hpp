// Who a port call is made for: what authentication yields, carried into every transaction and every audit
// entry.
#pragma once

#include <string>

namespace gateway::store {

struct Caller {
  std::string partner;  ///< Configured name of the partner; `ligament` for work the gateway starts itself.
  std::string ods;      ///< ODS code of the organisation.
  std::string role;     ///< `gp`, `hub`, `provider`, `rota`, `operator`, `system`.
};

}  // namespace gateway::store
