// Answers of the REST interface: resources and OperationOutcomes in the format the caller takes.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "fhir/base/instant.hpp"
#include "fhir/tree/tree.hpp"
#include "gateway/bars/rec_error.hpp"
#include "gateway/http/media_type.hpp"
#include "gateway/http/message.hpp"
#include "gateway/store/resource_store.hpp"

namespace gateway::rest {

/// The format of the answer, or 406 as a refusal. An absent Accept is JSON.
[[nodiscard]] tl::expected<http::Format, bars::Refusal> negotiate(const http::Request& request);

/// `tree` in `format`.
[[nodiscard]] http::Response resource_answer(int status, fhir::tree::Node resource, http::Format format);

/// Canonical JSON from the store: as it stands, or read and written as XML. kCorrupt when it cannot be read.
[[nodiscard]] fhir::Result<std::string> stored_in(http::Format format, const std::string& json);

/// The stored JSON with `meta.versionId` of its row, which the sender's copy may lack or have otherwise (FHIR
/// R4 3.1.0.1.2). Given back as it is: JSON that does not start as the store's own, or whose meta has an id
/// or extensions.
[[nodiscard]] std::string versioned_json(const store::ResourceRow& row);

/// ETag `W/"n"` and Last-Modified (FHIR R4 3.1.0.4).
void add_version(http::Response& response, std::int64_t version, fhir::Instant at);

/// A refusal as OperationOutcome, with both message ids mirrored when the request carries them. Falls back to
/// JSON when the caller takes neither format. `status` 0 means that of the refusal.
[[nodiscard]] http::Response refusal_answer(const http::Request& request, const bars::Refusal& refusal,
                                            int status = 0);

/// Mirrors X-Request-Id and X-Correlation-Id.
void mirror_ids(const http::Request& request, http::Response& response);

/// Renders what the HTTP layer itself refuses: an http::ErrorResponder. `request` may be null.
[[nodiscard]] http::Response render_http_error(int status, const fhir::Error& error,
                                               const http::Request* request);

/// The version of `If-Match: W/"3"` or `"3"`. Empty for anything else.
[[nodiscard]] std::optional<std::int64_t> parse_if_match(std::string_view text) noexcept;

}  // namespace gateway::rest
