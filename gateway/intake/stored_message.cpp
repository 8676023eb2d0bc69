#include "gateway/intake/stored_message.hpp"

#include <string>

#include "fhir/definitions/definitions.hpp"
#include "fhir/json/reader.hpp"
#include "fhir/xml/reader.hpp"

namespace gateway::intake {

fhir::Result<bars::BarsMessage> decode_logged(store::Transaction& tx, store::MessageSeq seq) {
  LIGAMENT_TRY(const std::optional<store::MessageRow> row, tx.messages().find(seq));
  if (!row) return fhir::fail(fhir::ErrorCode::kCorrupt, "the message of a referral is missing");
  LIGAMENT_TRY(const std::optional<store::Conversion> conversion, tx.messages().read_conversion(seq));
  std::string bytes;
  if (conversion) {
    bytes = conversion->bundle;
  } else {
    LIGAMENT_TRY(bytes, tx.messages().read_bytes(seq));
  }
  const bool xml = !conversion && row->media_type.find("xml") != std::string::npos;
  const fhir::tree::ReadOutcome outcome = xml ? fhir::xml::read(bytes, fhir::definitions::r4())
                                              : fhir::json::read(bytes, fhir::definitions::r4());
  if (!outcome.tree) return fhir::fail(fhir::ErrorCode::kCorrupt, "a logged message cannot be read");
  auto message = bars::decode(outcome.tree, bars::DecodeLimits());
  if (!message.has_value()) return fhir::fail(fhir::ErrorCode::kCorrupt, "a logged message is no message");
  return std::move(*message);
}

fhir::Result<LocalMessage> read_again(store::Transaction& tx, store::MessageSeq seq, const KeyedHash& hash,
                                      std::string_view base_url, std::string_view request_id) {
  LIGAMENT_TRY(const std::optional<store::MessageRow> row, tx.messages().find(seq));
  if (!row) return fhir::fail(fhir::ErrorCode::kCorrupt, "the message of a referral is missing");
  LIGAMENT_TRY(const bars::BarsMessage message, decode_logged(tx, seq));
  ResourceIds ids(hash, seq);
  const auto known = [&](fhir::tree::Node resource) {
    return resource == message.service_request ? std::string(request_id) : std::string();
  };
  return localise(message, ids, {row->partner, base_url, row->received_at, known});
}

}  // namespace gateway::intake
