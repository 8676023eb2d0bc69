// A converter of the built-in packs, with the trial key and an invented partner.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <iterator>
#include <memory>
#include <string>
#include <string_view>

#include "gateway/security/digest.hpp"
#include "mappings/convert/converter.hpp"

namespace mappings::convert {

inline Digest trial_hash(std::string_view text) {
  static constexpr std::array<std::uint8_t, 4> kKey = {1, 2, 3, 4};
  return gateway::security::hmac_sha256(kKey, text);
}

inline std::shared_ptr<const Converter> builtin_converter() {
  const auto files = packs::load_packs("");
  if (!files.has_value()) return nullptr;
  auto made = Converter::make(*files);
  if (made) return *made;
  for (const fhir::Issue& issue : made.error().items()) {
    ADD_FAILURE() << issue.expression << ':' << issue.position.line << ':' << issue.position.column << ": "
                  << issue.text;
  }
  return nullptr;
}

inline Manifest example_partner() {
  Manifest manifest;
  manifest.partner = "example";
  manifest.source_endpoint = "https://fhir.nhs.uk/Id/dos-service-id|2000099101";
  manifest.destination_endpoint = "https://fhir.nhs.uk/Id/dos-service-id|2000099001";
  return manifest;
}

inline std::string bytes_of(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

inline std::string told(const fhir::IssueList& issues) {
  std::string out;
  for (const fhir::Issue& issue : issues.items()) {
    if (issue.severity == fhir::Severity::kInformation) continue;
    out.append(issue.expression).append(": ").append(issue.text).append("\n");
  }
  return out;
}

}  // namespace mappings::convert
