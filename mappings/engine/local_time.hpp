// HL7 v2 dates and times to FHIR and back. Precision and offset stay as they were sent; a time without an
// offset gets the one its zone had then, from the system's time-zone data. HL7 v2.5.1 2.A.21 and 2.A.22.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace date {
class time_zone;
}

namespace mappings::engine {

/// A zone, looked up on first use. Not thread-safe: one for each run.
class LocalTime {
 public:
  explicit LocalTime(std::string_view name) : name_(name) {}

  /// Minutes east of UTC at a local time. Of the two readings of an hour that is repeated the first; a time
  /// that is skipped as if clocks had not yet changed. Empty without data for the zone.
  [[nodiscard]] std::optional<int> offset_minutes(std::chrono::seconds local);
  /// The same at an instant, which leaves no doubt.
  [[nodiscard]] std::optional<int> offset_minutes_at(std::chrono::seconds utc);
  [[nodiscard]] std::string_view name() const noexcept { return name_; }

 private:
  std::string name_;
  const date::time_zone* zone_ = nullptr;
  bool looked_up_ = false;
  // The offset holds for local times in [from_, to_).
  std::chrono::seconds from_{0};
  std::chrono::seconds to_{0};
  int offset_ = 0;
};

/// Whether a v2 data type is a date, with or without a time.
[[nodiscard]] inline bool is_v2_date_type(std::string_view type) {
  return type == "DT" || type == "DTM" || type == "TS";
}

/// What a v2 date or time is written as. Every member is false, with `out` unchanged, for text that is no v2
/// date or time or names one that does not exist. Days and months of `00` cut the precision.
/// `YYYY[-MM[-DD]]`.
[[nodiscard]] bool v2_to_date(std::string_view text, std::string& out);
/// With a time: seconds, as FHIR demands, `00` where the sender gave none; fraction as sent; offset.
[[nodiscard]] bool v2_to_date_time(std::string_view text, LocalTime& zone, std::string& out);
/// Only what has a time; a date is no instant.
[[nodiscard]] bool v2_to_instant(std::string_view text, LocalTime& zone, std::string& out);
/// TM: `hh:mm:ss`.
[[nodiscard]] bool v2_to_time(std::string_view text, std::string& out);
/// FHIR date, dateTime or instant to DTM.
[[nodiscard]] bool date_time_to_v2(std::string_view text, std::string& out);
/// The same in local time of the zone, with its offset. What has no time, or no offset, stays as it is.
[[nodiscard]] bool date_time_to_v2(std::string_view text, LocalTime& zone, std::string& out);

}  // namespace mappings::engine
