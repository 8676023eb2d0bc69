// The promises, held against the store and against what everybody else knows.
#pragma once

#include "gateway/store/store.hpp"
#include "tests/simulation/records.hpp"

namespace tests::simulation {

/// After every start: the audit chain holds, every message acknowledged so far is there once.
void check_start(gateway::store::Store& store, const Records& records, std::vector<std::string>& faults);

/// At the end of a run, when nothing is under way any more. `slack` is the longest time the gateway was away.
void check_end(gateway::store::Store& store, const Records& records, fhir::Instant now, Duration slack,
               std::vector<std::string>& faults);

/// True when no delivery is due or on its way, other than behind a dead one of its lane.
[[nodiscard]] bool is_quiet(gateway::store::Store& store);

}  // namespace tests::simulation
