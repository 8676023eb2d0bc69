#include "gateway/rest/place.hpp"

#include "gateway/rest/answers.hpp"

namespace gateway::rest {

tl::expected<http::Format, http::Response> admit(const http::Request& request,
                                                 const intake::Authenticate& authenticate,
                                                 std::size_t under_way, std::size_t most) {
  const fhir::Result<store::Caller> caller = authenticate(request);
  if (!caller.has_value()) return tl::unexpected(refusal_answer(request, bars::refusal(caller.error())));
  const auto format = negotiate(request);
  if (!format) return tl::unexpected(refusal_answer(request, format.error()));
  if (under_way < most) return *format;
  const fhir::Error busy{fhir::ErrorCode::kBusy, "too many questions at a time; ask again"};
  return tl::unexpected(refusal_answer(request, bars::refusal(busy), 503));
}

}  // namespace gateway::rest
