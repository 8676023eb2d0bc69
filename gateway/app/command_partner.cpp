#include <iostream>

#include "gateway/app/commands.hpp"

namespace gateway::app {

int run_partner(const PartnerOptions&) {
  std::cerr << "ligament partner: not in this build\n";
  return kFault;
}

}  // namespace gateway::app
