// What a unit of work can reach: the ports, all inside one transaction.
#pragma once

#include "gateway/store/audit_log.hpp"
#include "gateway/store/caller.hpp"
#include "gateway/store/message_log.hpp"
#include "gateway/store/outbox_store.hpp"
#include "gateway/store/referral_store.hpp"
#include "gateway/store/resource_store.hpp"
#include "gateway/store/settings.hpp"
#include "gateway/store/work_store.hpp"

namespace gateway::store {

/// A reference to a message or referral that does not exist is kNotFound in every port.
///
/// Valid during the call of the unit it was given to, on that thread only. Port calls that fail with
/// kNotFound, kConflict, kDuplicate or kInvalidRequest wrote nothing and the unit may go on; after any other
/// failure the transaction is spent and its result is that failure, whatever the unit returns.
class Transaction {
 public:
  Transaction() = default;
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  virtual ~Transaction() = default;

  [[nodiscard]] virtual const Caller& caller() const noexcept = 0;
  [[nodiscard]] virtual MessageLog& messages() noexcept = 0;
  [[nodiscard]] virtual ResourceStore& resources() noexcept = 0;
  [[nodiscard]] virtual ReferralStore& referrals() noexcept = 0;
  [[nodiscard]] virtual OutboxStore& outbox() noexcept = 0;
  [[nodiscard]] virtual WorkStore& work() noexcept = 0;
  [[nodiscard]] virtual AuditLog& audit() noexcept = 0;
  [[nodiscard]] virtual Settings& settings() noexcept = 0;
};

}  // namespace gateway::store
