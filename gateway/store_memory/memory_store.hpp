// The store in memory: the model every other store is compared with, and the store of unit tests.
//
// Rows live in ordered maps; every question is answered by looking at all rows. Obvious rather than fast:
// meant for thousands of referrals.
#pragma once

#include <memory>

#include "gateway/store/store.hpp"

namespace gateway::store_memory {

/// Any thread; transactions take turns under one lock, reads too.
class MemoryStore final : public store::Store {
 public:
  MemoryStore();
  ~MemoryStore() override;

  [[nodiscard]] fhir::Status transact(store::Kind kind, const store::Caller& caller,
                                      const store::Work& work) override;
  [[nodiscard]] store::GroupOutcome transact_group(std::span<const store::Unit> units) override;
  [[nodiscard]] store::Durability durability() const noexcept override { return store::Durability::kMemory; }
  [[nodiscard]] fhir::Status checkpoint_if_needed() override { return {}; }
  [[nodiscard]] fhir::Status backup(const std::string& destination) override;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace gateway::store_memory
