#include "gateway/store_sqlite/timeline.hpp"

#include "gateway/store_sqlite/numbers.hpp"

namespace gateway::store_sqlite {

using store::BusinessIdentifier;
using store::ReferralEvent;

namespace {

void put_text(std::string& column, std::string_view text) {
  put_number(column, text.size());
  column += text;
}

std::string take_text(ColumnInput& input) {
  return std::string(input.bytes(input.number()));
}

ReferralEvent take_event(ColumnInput& input) {
  ReferralEvent event;
  event.at = fhir::Instant(std::chrono::microseconds(static_cast<std::int64_t>(input.number())));
  event.kind = take_text(input);
  event.actor = take_text(input);
  event.detail = take_text(input);
  const auto message = static_cast<std::int64_t>(input.number());
  if (message != 0) event.message = store::MessageSeq(message);
  for (std::uint64_t left = input.number(); left > 0 && input.good; --left)
    event.references.push_back(take_text(input));
  return event;
}

template <class Item, class Take>
std::optional<std::vector<Item>> decode(std::string_view column, Take take) {
  std::vector<Item> items;
  ColumnInput input{column};
  while (!input.rest.empty() && input.good)
    items.push_back(take(input));
  if (!input.good) return std::nullopt;
  return items;
}

}  // namespace

void append_identifier(std::string& column, const BusinessIdentifier& identifier) {
  put_text(column, identifier.system);
  put_text(column, identifier.value);
}

void append_event(std::string& column, const ReferralEvent& event) {
  put_number(column, static_cast<std::uint64_t>(event.at.time_since_epoch().count()));
  put_text(column, event.kind);
  put_text(column, event.actor);
  put_text(column, event.detail);
  put_number(column, event.message ? static_cast<std::uint64_t>(event.message->value()) : 0);
  put_number(column, event.references.size());
  for (const std::string& reference : event.references)
    put_text(column, reference);
}

std::optional<std::vector<BusinessIdentifier>> decode_identifiers(std::string_view column) {
  return decode<BusinessIdentifier>(column, [](ColumnInput& input) {
    std::string system = take_text(input);
    return BusinessIdentifier{std::move(system), take_text(input)};
  });
}

std::optional<std::vector<ReferralEvent>> decode_events(std::string_view column) {
  return decode<ReferralEvent>(column, take_event);
}

}  // namespace gateway::store_sqlite
