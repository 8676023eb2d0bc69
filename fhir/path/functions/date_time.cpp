// FHIRPath 2.0, 5.9.2 to 5.9.4. One run sees one instant.
#include "fhir/path/function.hpp"

namespace fhir::path {
namespace {

template <TemporalKind kKind>
bool current(Call& call) {
  const auto now = call.run.now();
  if (!now) return call.fail("no clock was given");
  return call.push(Value(Temporal::from_instant(kKind, *now, call.run.context().utc_offset_minutes)));
}

constexpr FunctionRow kRows[] = {
    {"now", 0, 0, current<TemporalKind::kDateTime>},
    {"today", 0, 0, current<TemporalKind::kDate>},
    {"timeOfDay", 0, 0, current<TemporalKind::kTime>},
};

}  // namespace

std::span<const FunctionRow> date_time_functions() {
  return kRows;
}

}  // namespace fhir::path
