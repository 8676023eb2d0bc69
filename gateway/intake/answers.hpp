// HTTP answers of intake: both ids mirrored always, an OperationOutcome for everything but success.
#pragma once

#include <optional>
#include <string>

#include "gateway/bars/rec_error.hpp"
#include "gateway/commit/committer.hpp"
#include "gateway/http/media_type.hpp"
#include "gateway/http/message.hpp"

namespace gateway::intake {

/// What an answer needs of its request; taken before the request is used up.
struct AnswerForm {
  http::HeaderFields mirrored;  ///< X-Request-Id and X-Correlation-Id as they came.
  http::Format format = http::Format::kJson;
};
[[nodiscard]] AnswerForm answer_form(const http::Request& request);

/// The acknowledgement: only a commit can make it.
[[nodiscard]] http::Response acknowledge(const commit::Committed& committed, const AnswerForm& form,
                                         std::string_view type, std::string body);

[[nodiscard]] http::Response refuse(const AnswerForm& form, const bars::Refusal& refusal, int status);
[[nodiscard]] http::Response refuse(const AnswerForm& form, const bars::Refusal& refusal);
/// What a failure of ours is over HTTP.
[[nodiscard]] int http_status(const fhir::Error& error) noexcept;
/// A failure of ours. kBusy, kUnavailable and kCommitUnknown are 503 with Retry-After: the sender tries again
/// with the same ids.
[[nodiscard]] http::Response fail(const AnswerForm& form, const fhir::Error& error);

}  // namespace gateway::intake
