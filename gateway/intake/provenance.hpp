// The Provenance of what a message made: from which bytes, by which data and rules, at whose word.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/base/instant.hpp"
#include "fhir/tree/tree.hpp"
#include "gateway/store/ids.hpp"

namespace gateway::intake {

inline constexpr std::string_view kDigestSystem = "https://ligament.example/fhir/Id/message-sha256";
inline constexpr std::string_view kContentDigestSystem = "https://ligament.example/fhir/Id/content-sha256";
inline constexpr std::string_view kRuleBase = "https://ligament.example/fhir/rule/";
inline constexpr std::string_view kCatalogueBase = "https://ligament.example/fhir/catalogue/";

struct ProvenanceFacts {
  std::string id;
  std::vector<std::string> targets;  ///< References.
  fhir::Instant recorded;
  store::Digest message{};
  std::string catalogue;              ///< Digest of the services the decision was made by.
  std::vector<std::string> rules;     ///< `id|version`.
  std::vector<std::string> contents;  ///< SHA-256 of attachments, lower-case hexadecimal.
  std::string sender_ods;
  std::string our_ods;
  std::string our_name;
};

[[nodiscard]] fhir::tree::TreePtr build_provenance(const ProvenanceFacts& facts);

}  // namespace gateway::intake
