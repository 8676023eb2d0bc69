#include "gateway/intake/http_door.hpp"

#include <utility>
#include <vector>

#include "fhir/base/uuid.hpp"
#include "gateway/bars/message_headers.hpp"
#include "gateway/http/media_type.hpp"
#include "gateway/intake/answers.hpp"

namespace gateway::intake {

namespace {

std::vector<bars::HeaderField> fields_of(const http::Request& request) {
  std::vector<bars::HeaderField> fields;
  fields.reserve(request.headers.size());
  for (std::size_t at = 0; at < request.headers.size(); ++at) {
    const http::Field field = request.headers.at(at);
    fields.push_back({field.name, field.value});
  }
  return fields;
}

void read_headers(Arrival& arrival, const http::Request& request, Mode mode) {
  bars::HeaderPolicy policy;
  policy.claims_required = mode == Mode::kStrict;
  arrival.answer = config::WireFormat::kJson;
  const std::vector<bars::HeaderField> fields = fields_of(request);
  auto headers = bars::parse_headers(fields, policy);
  if (!headers.has_value()) {
    arrival.refusal = std::move(headers.error());
  } else if (headers->accept == bars::MediaType::kXml) {
    arrival.answer = config::WireFormat::kXml;
  }
}

void read_type(Arrival& arrival, const http::Request& request) {
  const fhir::Result<http::BodyType> type = http::body_type(request);
  if (type.has_value()) {
    arrival.content = type->format == http::Format::kXml ? Content::kXml : Content::kJson;
  } else if (!arrival.refusal) {
    arrival.refusal = bars::refusal(bars::Rec::kBadRequest, fhir::IssueType::kNotSupported, "",
                                    "Content-Type must be application/fhir+json or application/fhir+xml");
    arrival.refused_status = 415;  // has no code of its own in the national list
  }
}

http::Response to_response(const AnswerForm& form, Outcome outcome) {
  if (outcome.error) return fail(form, *outcome.error);
  if (outcome.refusal) return refuse(form, *outcome.refusal, outcome.http_status);
  return acknowledge(*outcome.committed, form, outcome.answer_type, std::move(outcome.answer));
}

}  // namespace

ConversationIds conversation_ids(const http::Request& request) {
  ConversationIds ids;
  for (const auto& [name, into] :
       {std::pair{"X-Request-Id", &ids.request_id}, std::pair{"X-Correlation-Id", &ids.correlation_id}}) {
    const auto value = request.headers.find(name);
    if (value && fhir::is_uuid(*value)) *into = *value;
  }
  return ids;
}

Arrival arrival_of(http::Request request, store::Caller caller, Mode mode) {
  Arrival arrival;
  arrival.caller = std::move(caller);
  arrival.media_type = request.headers.find("Content-Type").value_or("");
  arrival.ids = conversation_ids(request);
  read_headers(arrival, request, mode);
  read_type(arrival, request);
  arrival.bytes = std::move(request.body);
  return arrival;
}

async::awaitable<http::Response> process_message(Intake& intake, http::Request request,
                                                 store::Caller caller) {
  const AnswerForm form = answer_form(request);
  Arrival arrival = arrival_of(std::move(request), std::move(caller), intake.mode());
  async::awaitable<Outcome> processed = intake.process(std::move(arrival));
  Outcome outcome = co_await std::move(processed);
  http::Response response = to_response(form, std::move(outcome));
  co_return response;
}

}  // namespace gateway::intake
