// Identifiers that cannot be mixed up: MessageSeq is not ReferralId, though both are integers.
#pragma once

#include <compare>
#include <functional>
#include <utility>

namespace fhir {

///   using MessageSeq = StrongId<struct MessageSeqTag, std::int64_t>;
template <class Tag, class Rep>
class StrongId {
 public:
  StrongId() = default;
  explicit StrongId(Rep value) : value_(std::move(value)) {}
  [[nodiscard]] const Rep& value() const noexcept { return value_; }
  friend auto operator<=>(const StrongId&, const StrongId&) = default;
  friend bool operator==(const StrongId&, const StrongId&) = default;

 private:
  Rep value_{};
};

}  // namespace fhir

template <class Tag, class Rep>
struct std::hash<fhir::StrongId<Tag, Rep>> {
  std::size_t operator()(const fhir::StrongId<Tag, Rep>& id) const noexcept {
    return std::hash<Rep>{}(id.value());
  }
};
