#include "gateway/intake/answers.hpp"

#include <array>
#include <utility>

#include "fhir/base/uuid.hpp"
#include "fhir/definitions/definitions.hpp"
#include "fhir/json/writer.hpp"
#include "fhir/xml/writer.hpp"

namespace gateway::intake {

namespace {

constexpr std::string_view kRetryAfterSeconds = "5";

http::Response with_ids(const AnswerForm& form, int status, std::string_view type, std::string body) {
  http::Response response = http::make_response(status, type, std::move(body));
  for (std::size_t at = 0; at < form.mirrored.size(); ++at) {
    const http::Field field = form.mirrored.at(at);
    response.headers.add(field.name, field.value);
  }
  return response;
}

bool is_transient(fhir::ErrorCode code) noexcept {
  using enum fhir::ErrorCode;
  return code == kBusy || code == kUnavailable || code == kCommitUnknown || code == kCancelled ||
         code == kTimedOut;
}

}  // namespace

AnswerForm answer_form(const http::Request& request) {
  AnswerForm form;
  for (const std::string_view name : {"X-Request-Id", "X-Correlation-Id"}) {
    const auto value = request.headers.find(name);
    if (value && fhir::is_uuid(*value)) form.mirrored.add(name, *value);
  }
  const fhir::Result<http::Format> format = http::answer_format(request);
  if (format.has_value()) form.format = *format;
  return form;
}

http::Response acknowledge(const commit::Committed&, const AnswerForm& form, std::string_view type,
                           std::string body) {
  return with_ids(form, 200, type, std::move(body));
}

http::Response refuse(const AnswerForm& form, const bars::Refusal& refusal, int status) {
  const fhir::tree::TreePtr outcome = bars::build_outcome(fhir::definitions::r4(), refusal, "");
  std::string body = form.format == http::Format::kXml ? fhir::xml::write(outcome->root())
                                                       : fhir::json::write(outcome->root());
  return with_ids(form, status, http::content_type(form.format), std::move(body));
}

http::Response refuse(const AnswerForm& form, const bars::Refusal& refusal) {
  return refuse(form, refusal, refusal.http_status());
}

int http_status(const fhir::Error& error) noexcept {
  if (is_transient(error.code)) return bars::traits(bars::Rec::kUnavailable).http_status;
  return bars::refusal(fhir::Error{error.code, {}}).http_status();
}

http::Response fail(const AnswerForm& form, const fhir::Error& error) {
  if (!is_transient(error.code)) return refuse(form, bars::refusal(fhir::Error{error.code, {}}));
  const bars::Refusal refusal =
      bars::refusal(bars::Rec::kUnavailable, fhir::IssueType::kTransient, "",
                    "nothing is known to be stored; send the same message with the same ids again");
  http::Response response = refuse(form, refusal);
  response.headers.add("Retry-After", kRetryAfterSeconds);
  return response;
}

}  // namespace gateway::intake
