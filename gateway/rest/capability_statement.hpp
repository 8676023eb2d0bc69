// `GET /fhir/metadata`: what this gateway does, built from what it does.
#pragma once

#include <string>

#include "fhir/base/instant.hpp"
#include "fhir/tree/tree.hpp"
#include "gateway/config/config.hpp"
#include "gateway/http/handler.hpp"

namespace gateway::rest {

/// CapabilityStatement of kind instance. Search parameters are those of fhir/search; `started` is its date.
[[nodiscard]] fhir::tree::TreePtr build_capability_statement(const config::Config& config,
                                                             std::string_view software_version,
                                                             fhir::Instant started);

/// Answers to anybody: it holds nothing of a patient or partner.
class MetadataHandler final : public http::Handler {
 public:
  explicit MetadataHandler(fhir::tree::TreePtr statement) : statement_(std::move(statement)) {}
  [[nodiscard]] async::awaitable<http::Response> handle(http::Request request) override;

 private:
  fhir::tree::TreePtr statement_;
};

}  // namespace gateway::rest
