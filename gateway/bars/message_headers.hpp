// The HTTP headers of the national message: who asks, for whom, with what software, and the two ids of the
// conversation.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tl/expected.hpp>

#include "gateway/bars/rec_error.hpp"

namespace gateway::bars {

struct HeaderField {
  std::string_view name;  ///< Any case.
  std::string_view value;
};

struct SystemValue {
  std::string system;  ///< In its canonical spelling.
  std::string value;
  friend bool operator==(const SystemValue&, const SystemValue&) = default;
};

struct OrganisationClaim {
  SystemValue identifier;
  std::string name;
};
struct SoftwareClaim {
  std::string identifier;  ///< May be empty.
  std::string name;
  std::string version;
};
struct PractitionerClaim {
  std::vector<SystemValue> identifiers;
  std::string name;
};

enum class MediaType : std::uint8_t { kJson, kXml };

struct MessageHeaders {
  std::string request_id;      ///< UUID, as sent.
  std::string correlation_id;  ///< UUID, as sent.
  SystemValue target;
  OrganisationClaim organisation;
  SoftwareClaim software;
  std::optional<PractitionerClaim> practitioner;
  MediaType accept = MediaType::kJson;
  std::string version;  ///< Version the answer follows.
};

struct HeaderPolicy {
  std::vector<std::string> versions = {"1.0.0", "1.1.0", "1.2.0", "1.3.0",
                                       "1.4.0"};  ///< Ascending; without a version the last.
  std::size_t max_encoded_bytes = 8192;           ///< Of one Base64 header.
  bool target_required = true;                    ///< False for /metadata.
  /// False in development: target, organisation and software may be absent; what is present is checked.
  bool claims_required = true;
};

/// Checks in the order ids, target, organisation, software, practitioner, Accept; the first fault decides.
/// use-context is not read.
[[nodiscard]] tl::expected<MessageHeaders, Refusal> parse_headers(std::span<const HeaderField> fields,
                                                                  const HeaderPolicy& policy);

/// The headers of a message we send, in a fixed order. Base64 of compact JSON; the same input gives the same
/// bytes. Without a target that has both system and value there is no target header.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> build_headers(const MessageHeaders& headers);

/// Both ids as they came, for every answer; one that was absent or not a UUID is left out.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> response_headers(
    std::span<const HeaderField> fields);

/// Accept evaluated alone: type and version, or 406.
struct Acceptable {
  MediaType type;
  std::string version;
};
[[nodiscard]] tl::expected<Acceptable, Refusal> evaluate_accept(std::string_view accept,
                                                                const HeaderPolicy& policy);

}  // namespace gateway::bars
