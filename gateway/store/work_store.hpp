// Work items: what a person must look at. Held referrals, red-flag escalations with their timed rota steps,
// clinical duplicates, passed deadlines, dead deliveries.
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

enum class WorkState : std::uint8_t {
  kOpen = 1,       ///< Steps run until somebody confirms.
  kConfirmed = 2,  ///< A person has it; no more steps.
  kClosed = 3,     ///< Done.
};

[[nodiscard]] std::string_view to_text(WorkState state) noexcept;

struct NewWork {
  std::string kind;  ///< `red-flag`, `held`, `clinical-duplicate`, `deadline-passed`, `dead-delivery`, ...
  std::optional<ReferralSeq> referral;
  std::optional<MessageSeq> message;
  std::string owner_role;
  std::string reason;  ///< A code or rule id.
  int step = 0;        ///< Rota step reached.
  std::optional<fhir::Instant> next_step_at;
  fhir::Instant created_at{};
};

struct WorkRow {
  WorkSeq seq;
  std::string kind;
  std::optional<ReferralSeq> referral;
  std::optional<MessageSeq> message;
  std::string owner_role;
  std::string reason;
  int step = 0;
  std::optional<fhir::Instant> next_step_at;
  fhir::Instant created_at{};
  WorkState state = WorkState::kOpen;
  std::string confirmed_by;
  std::optional<fhir::Instant> confirmed_at;
  std::optional<fhir::Instant> closed_at;
};

struct WorkFilter {
  std::optional<WorkState> state;
  std::optional<std::string> kind;
  std::optional<std::string> owner_role;
  std::optional<ReferralSeq> referral;
};

/// Valid inside its transaction only. kNotFound for an unknown item, kConflict when its state does not allow
/// the step.
class WorkStore {
 public:
  WorkStore() = default;
  WorkStore(const WorkStore&) = delete;
  WorkStore& operator=(const WorkStore&) = delete;
  virtual ~WorkStore() = default;

  [[nodiscard]] virtual fhir::Result<WorkSeq> open(const NewWork& work) = 0;
  /// Open items whose next step is at or before `now`, earliest first.
  [[nodiscard]] virtual fhir::Result<std::vector<WorkRow>> due(fhir::Instant now, std::size_t limit) = 0;
  /// A step was taken: the item stands at `step` and goes to `owner_role`; empty `next`: no further step.
  /// From open.
  [[nodiscard]] virtual fhir::Status advance(WorkSeq seq, int step, std::string_view owner_role,
                                             std::optional<fhir::Instant> next) = 0;
  /// A person took it: steps stop. From open.
  [[nodiscard]] virtual fhir::Status confirm(WorkSeq seq, std::string_view by, fhir::Instant at) = 0;
  /// From open or confirmed.
  [[nodiscard]] virtual fhir::Status close(WorkSeq seq, fhir::Instant at) = 0;
  [[nodiscard]] virtual fhir::Result<std::optional<WorkRow>> find(WorkSeq seq) = 0;
  /// At most `limit` rows after `after`, in order of seq.
  [[nodiscard]] virtual fhir::Result<std::vector<WorkRow>> list(const WorkFilter& filter,
                                                                std::optional<WorkSeq> after,
                                                                std::size_t limit) = 0;
};

}  // namespace gateway::store
