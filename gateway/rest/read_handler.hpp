// `GET /fhir/{type}/{id}`.
#pragma once

#include "gateway/http/handler.hpp"
#include "gateway/intake/process_message_handler.hpp"
#include "gateway/rest/resource_reads.hpp"

namespace gateway::rest {

class ReadHandler final : public http::Handler {
 public:
  ReadHandler(ResourceReads& reads, intake::Authenticate authenticate)
      : reads_(reads), authenticate_(std::move(authenticate)) {}
  [[nodiscard]] async::awaitable<http::Response> handle(http::Request request) override;

 private:
  ResourceReads& reads_;
  intake::Authenticate authenticate_;
};

}  // namespace gateway::rest
