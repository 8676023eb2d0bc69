// A message of the log read again, under the ids it was stored with.
#pragma once

#include <string_view>

#include "fhir/base/result.hpp"
#include "gateway/intake/keyed_hash.hpp"
#include "gateway/intake/localised.hpp"
#include "gateway/store/transaction.hpp"

namespace gateway::intake {

/// `request_id` is the id its ServiceRequest has here. kCorrupt when the bytes are not the message they were.
/// Cost: parsing the message.
[[nodiscard]] fhir::Result<LocalMessage> read_again(store::Transaction& tx, store::MessageSeq seq,
                                                    const KeyedHash& hash, std::string_view base_url,
                                                    std::string_view request_id);

/// The message alone, as it was received or converted. kCorrupt as above.
[[nodiscard]] fhir::Result<bars::BarsMessage> decode_logged(store::Transaction& tx, store::MessageSeq seq);

}  // namespace gateway::intake
