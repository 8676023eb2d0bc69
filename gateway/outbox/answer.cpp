#include "gateway/outbox/answer.hpp"

#include <algorithm>
#include <charconv>

#include "fhir/definitions/definitions.hpp"
#include "fhir/json/reader.hpp"
#include "fhir/xml/reader.hpp"
#include "gateway/http/media_type.hpp"

namespace gateway::outbox {
namespace {

constexpr std::size_t kMaxAnswerBytes = 1u << 20u;
constexpr std::chrono::seconds kLongestRetryAfter = std::chrono::hours(1);

/// The body as a tree; null when it is none or not FHIR.
fhir::tree::TreePtr read_body(const http::Response& response) {
  const auto type_text = response.headers.find("Content-Type");
  if (response.body.empty() || response.body.size() > kMaxAnswerBytes || !type_text) return nullptr;
  const auto type = http::parse_media_type(*type_text);
  if (!type.has_value()) return nullptr;
  const auto format = http::format_of(*type);
  if (!format) return nullptr;
  fhir::ReadLimits limits;
  limits.max_bytes = kMaxAnswerBytes;
  auto read = *format == http::Format::kJson
                  ? fhir::json::read(response.body, fhir::definitions::r4(), limits)
                  : fhir::xml::read(response.body, fhir::definitions::r4(), limits);
  return std::move(read.tree);
}

fhir::tree::Node message_header(fhir::tree::Node bundle) {
  for (const fhir::tree::Node entry : bundle.children("entry")) {
    const fhir::tree::Node resource = entry.child("resource");
    if (resource.type() == "MessageHeader") return resource;
  }
  return {};
}

bool has_issue(fhir::tree::Node outcome, std::string_view code) {
  const auto issues = outcome.children("issue");
  return std::any_of(issues.begin(), issues.end(),
                     [code](fhir::tree::Node issue) { return issue.child("code").text() == code; });
}

std::optional<std::chrono::seconds> retry_after(const http::Response& response) {
  const auto text = response.headers.find("Retry-After");
  if (!text) return std::nullopt;
  std::int64_t seconds = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), seconds);
  if (error != std::errc() || end != text->data() + text->size() || seconds < 0) return std::nullopt;
  return std::min(std::chrono::seconds(seconds), kLongestRetryAfter);
}

bool mirrors_ids(const store::DeliveryRow& delivery, const http::Response& response) {
  const auto request = response.headers.find("X-Request-Id");
  const auto correlation = response.headers.find("X-Correlation-Id");
  return request && http::equals_ignoring_case(*request, delivery.request_id) && correlation &&
         http::equals_ignoring_case(*correlation, delivery.correlation_id);
}

Answer of_success(const store::DeliveryRow& delivery, fhir::tree::Node root) {
  const fhir::tree::Node response = message_header(root).child("response");
  const std::string_view answers = response.child("identifier").text();
  if (answers.empty()) return {Verdict::kAwaitingAnswer, "no-business-answer", {}};
  if (answers != delivery.business_id) return {Verdict::kAwaitingAnswer, "answers-another-message", {}};
  const std::string_view code = response.child("code").text();
  if (code == "ok") return {Verdict::kDelivered, "answered", {}};
  if (code == "transient-error") return {Verdict::kRetry, "transient-error", {}};
  return {Verdict::kDead, "fatal-error", {}};
}

bool is_worth_retrying(int status) {
  return status == 408 || status == 425 || status == 429 || status >= 500;
}

}  // namespace

std::string_view to_code(Verdict verdict) noexcept {
  switch (verdict) {
    case Verdict::kDelivered: return "delivered";
    case Verdict::kAwaitingAnswer: return "awaiting-answer";
    case Verdict::kRetry: return "retry";
    case Verdict::kDead: return "dead";
  }
  return "retry";
}

Answer interpret(const store::DeliveryRow& delivery, const fhir::Result<http::Response>& outcome) {
  if (!outcome.has_value())
    return {Verdict::kRetry, std::string(fhir::traits(outcome.error().code).name), {}};
  const http::Response& response = *outcome;
  const std::string code = "http-" + std::to_string(response.status);
  if (is_worth_retrying(response.status)) return {Verdict::kRetry, code, retry_after(response)};
  const fhir::tree::TreePtr tree = read_body(response);
  const fhir::tree::Node root = tree ? tree->root() : fhir::tree::Node();
  if (response.status >= 200 && response.status < 300) return of_success(delivery, root);
  // An error without both ids, or without an OperationOutcome, was not spoken by the partner's application.
  if (!mirrors_ids(delivery, response)) return {Verdict::kRetry, "ids-not-mirrored", {}};
  if (root.type() != "OperationOutcome") return {Verdict::kRetry, "no-operation-outcome", {}};
  if (response.status == 409 && has_issue(root, "duplicate")) return {Verdict::kDelivered, "duplicate", {}};
  return {Verdict::kDead, code, {}};
}

}  // namespace gateway::outbox
