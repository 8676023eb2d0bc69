// One message as it arrived, and the small facts every later step takes from it.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/base/instant.hpp"
#include "fhir/tree/tree.hpp"
#include "gateway/bars/message.hpp"
#include "gateway/config/config.hpp"
#include "gateway/intake/reading.hpp"
#include "gateway/referral/task_tree.hpp"
#include "gateway/store/caller.hpp"
#include "gateway/store/message_log.hpp"
#include "gateway/store/referral_store.hpp"
#include "gateway/store/resource_store.hpp"

namespace gateway::intake {

/// A value; the body is shared, so that units of work may be copied.
struct Incoming {
  store::Caller caller;
  store::MessageSeq seq;
  fhir::Instant received;
  ConversationIds ids;
  bool derived_ids = false;  ///< From the content: the same ids mean the same message.
  std::string control_id;
  std::string event;
  std::optional<config::WireFormat> answer;  ///< Absent: no answer Bundle is made.
  std::string door = "http";
  std::string media_type;
  std::shared_ptr<const std::string> body;
  store::Digest digest{};
  std::shared_ptr<const store::Conversion> conversion;  ///< Null for a message that was read as it is.
};

/// The row of the message log.
[[nodiscard]] store::NewMessage log_entry(const Incoming& incoming, const Reading& reading,
                                          store::Verdict verdict);

/// A resource with its index entries, ready to be put.
[[nodiscard]] store::ResourceWrite write_of(fhir::tree::Node resource, store::WriteRule rule,
                                            std::optional<store::MessageSeq> message, fhir::Instant at);

/// The identifiers of a resource with system and value, in canonical spelling.
[[nodiscard]] std::vector<referral::Identifier> identifiers_of(fhir::tree::Node resource);

/// Under this system the id that `partner` itself gave to a ServiceRequest is kept as a business identifier.
[[nodiscard]] std::string source_id_system(std::string_view partner);

/// By what later messages can name a request: its identifiers, and the id its author gave it.
[[nodiscard]] std::vector<store::BusinessIdentifier> request_names(fhir::tree::Node received,
                                                                   std::string_view partner);

/// When the author last touched the request: its meta.lastUpdated, else the time of the message.
[[nodiscard]] std::optional<fhir::Instant> author_time(const bars::BarsMessage& message);

/// The name of an Organization with this ODS code in the message; empty when there is none.
[[nodiscard]] std::string organisation_name(const bars::BarsMessage& message, std::string_view ods);

/// `Type/id`.
[[nodiscard]] std::string reference(std::string_view type, std::string_view id);

/// Lower-case hexadecimal.
[[nodiscard]] std::string hex(const store::Digest& digest);

}  // namespace gateway::intake
