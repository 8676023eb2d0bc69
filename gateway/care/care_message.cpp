#include "gateway/care/care_message.hpp"

#include <utility>

namespace gateway::care {

namespace {

template <class Kept, class Content>
std::optional<bars::Refusal> take(Kept& into, tl::expected<Content, bars::Refusal> read) {
  if (!read.has_value()) return std::move(read.error());
  into = std::move(*read);
  return std::nullopt;
}

}  // namespace

tl::expected<CareMessage, bars::Refusal> read(const bars::BarsMessage& message) {
  const tl::expected<CareEvent, bars::Refusal> event = read_event(message);
  if (!event.has_value()) return tl::unexpected(event.error());
  CareMessage care;
  care.event = *event;
  std::optional<bars::Refusal> refused;
  switch (*event) {
    case CareEvent::kLetter: refused = take(care.letter, read_letter(message)); break;
    case CareEvent::kAppointment: refused = take(care.visit, read_appointment(message)); break;
    case CareEvent::kAttendance: refused = take(care.visit, read_attendance(message)); break;
    case CareEvent::kPatientUpdate:
    case CareEvent::kPatientMerge: refused = take(care.records, read_records(message, *event)); break;
  }
  if (refused) return tl::unexpected(std::move(*refused));
  return care;
}

}  // namespace gateway::care
