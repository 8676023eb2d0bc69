// `GET /fhir/{type}?...`: a searchset Bundle. Unknown parameters are refused unless `Prefer:
// handling=lenient`; the self link says what was used (FHIR R4 3.1.1.1, 3.1.1.4.2).
#pragma once

#include <string>

#include "gateway/http/handler.hpp"
#include "gateway/intake/process_message_handler.hpp"
#include "gateway/rest/resource_reads.hpp"

namespace gateway::rest {

class SearchHandler final : public http::Handler {
 public:
  /// `base_url` is where partners reach the interface, without a trailing slash; it begins links and
  /// fullUrls.
  SearchHandler(ResourceReads& reads, intake::Authenticate authenticate, std::string base_url)
      : reads_(reads), authenticate_(std::move(authenticate)), base_url_(std::move(base_url)) {}
  [[nodiscard]] async::awaitable<http::Response> handle(http::Request request) override;

 private:
  ResourceReads& reads_;
  intake::Authenticate authenticate_;
  std::string base_url_;
};

}  // namespace gateway::rest
