// The operational row of each referral, its business identifiers and its timeline.
//
// One row is one leg: an onward leg is a row of its own with `parent`. The row says at any time who holds the
// referral, who owes the next step, and by when. States are codes of gateway/referral; the store only
// compares them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/base/instant.hpp"
#include "fhir/base/result.hpp"
#include "gateway/store/ids.hpp"

namespace gateway::store {

/// The next thing that must happen. Its owner role is who is asked when it does not.
struct ReferralDeadline {
  fhir::Instant at{};
  std::string what;
  std::string owner_role;
};

/// Bits of ReferralRow::flags.
inline constexpr std::uint32_t kRedFlag = 1u << 0u;
inline constexpr std::uint32_t kClinicalDuplicate = 1u << 1u;
inline constexpr std::uint32_t kHeldForReview = 1u << 2u;

struct ReferralRow {
  ReferralSeq seq;                    ///< Given by insert().
  std::optional<ReferralSeq> parent;  ///< Of an onward leg.
  std::string service_request_id;
  std::string task_id;  ///< Unique.
  std::string state;    ///< State code of gateway/referral.
  bool open = true;     ///< False in a final state: no deadline is due, no clinical duplicate is found.
  std::int64_t task_version = 0;
  std::string holder_ods;  ///< Who is responsible now.
  std::string owner_ods;   ///< Who owes the next step.
  std::string owner_role;
  std::optional<ReferralDeadline> deadline;
  std::string correlation_id;
  std::string service;
  std::string destination;
  std::string priority;  ///< FHIR request-priority code.
  std::uint32_t flags = 0;
  std::optional<Digest> patient_key;  ///< Keyed hash of the NHS number; empty without one.
  fhir::Instant received_at{};
  std::string received_on;  ///< Local date of receipt, YYYY-MM-DD.
  std::string sender_partner;
  std::string memory;        ///< What the state machine remembers beside the columns; opaque text of intake.
  std::int64_t version = 0;  ///< Counts writes of the row from 1; not the Task's version.
};

struct BusinessIdentifier {
  std::string system;
  std::string value;
  friend bool operator==(const BusinessIdentifier&, const BusinessIdentifier&) = default;
};

/// One line of the timeline. Codes and references only, no free text of a message.
struct ReferralEvent {
  fhir::Instant at{};
  std::string kind;    ///< `received`, `accepted`, `delivered`, ...
  std::string actor;   ///< Partner name or role.
  std::string detail;  ///< A code: a rule id, a reason code, an error code.
  std::optional<MessageSeq> message;
  std::vector<std::string> references;  ///< `Task/abc`.
};

/// The ledger: how many referrals stand in each state.
struct StateCount {
  std::string state;
  bool open = true;
  std::int64_t count = 0;
};

/// Valid inside its transaction only. Rows come in order of seq unless said otherwise.
class ReferralStore {
 public:
  ReferralStore() = default;
  ReferralStore(const ReferralStore&) = delete;
  ReferralStore& operator=(const ReferralStore&) = delete;
  virtual ~ReferralStore() = default;

  /// Writes a new row as version 1; seq and version of the argument are ignored. kConflict when the task id
  /// is taken, kNotFound for an unknown parent.
  [[nodiscard]] virtual fhir::Result<ReferralSeq> insert(
      const ReferralRow& row, const std::vector<BusinessIdentifier>& identifiers) = 0;
  /// Replaces the row `row.seq` if it still has `row.version`, and gives the new version. kConflict when it
  /// moved on, kNotFound. Parent, ids, correlation, receipt and sender never change and are not written.
  [[nodiscard]] virtual fhir::Result<std::int64_t> update(const ReferralRow& row) = 0;
  /// Adding one that is there is no error.
  [[nodiscard]] virtual fhir::Status add_identifier(ReferralSeq seq,
                                                    const BusinessIdentifier& identifier) = 0;
  [[nodiscard]] virtual fhir::Result<std::vector<BusinessIdentifier>> identifiers(ReferralSeq seq) = 0;

  [[nodiscard]] virtual fhir::Result<std::optional<ReferralRow>> find(ReferralSeq seq) = 0;
  [[nodiscard]] virtual fhir::Result<std::optional<ReferralRow>> find_by_task(std::string_view task_id) = 0;
  [[nodiscard]] virtual fhir::Result<std::vector<ReferralRow>> find_by_service_request(
      std::string_view id) = 0;
  [[nodiscard]] virtual fhir::Result<std::vector<ReferralRow>> find_by_correlation(
      std::string_view correlation_id) = 0;
  [[nodiscard]] virtual fhir::Result<std::vector<ReferralRow>> find_by_identifier(
      const BusinessIdentifier& identifier) = 0;
  /// Open legs below `parent`.
  [[nodiscard]] virtual fhir::Result<std::vector<ReferralRow>> children(ReferralSeq parent) = 0;
  [[nodiscard]] virtual fhir::Result<std::vector<ReferralRow>> open_of_patient(const Digest& patient_key) = 0;
  /// Open rows whose deadline is at or before `now`, earliest first.
  [[nodiscard]] virtual fhir::Result<std::vector<ReferralRow>> due(fhir::Instant now, std::size_t limit) = 0;
  [[nodiscard]] virtual fhir::Result<std::vector<ReferralRow>> list(std::optional<ReferralSeq> after,
                                                                    std::size_t limit) = 0;
  /// By state, in order of the code.
  [[nodiscard]] virtual fhir::Result<std::vector<StateCount>> counts() = 0;

  /// kNotFound for an unknown referral.
  [[nodiscard]] virtual fhir::Status append_event(ReferralSeq seq, const ReferralEvent& event) = 0;
  /// In the order they were appended.
  [[nodiscard]] virtual fhir::Result<std::vector<ReferralEvent>> events(ReferralSeq seq) = 0;
};

}  // namespace gateway::store
