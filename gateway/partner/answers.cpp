#include "gateway/partner/answers.hpp"

#include <map>
#include <utility>
#include <vector>

#include "fhir/base/uuid.hpp"
#include "fhir/definitions/definitions.hpp"
#include "fhir/json/writer.hpp"
#include "fhir/tree/resource_builder.hpp"
#include "fhir/xml/writer.hpp"
#include "gateway/bars/encode.hpp"
#include "gateway/bars/rec_error.hpp"
#include "gateway/http/media_type.hpp"

namespace gateway::partner {
namespace {

using fhir::tree::Node;
using fhir::tree::ResourceBuilder;

constexpr std::size_t kUuidSize = 36;
constexpr std::string_view kGarbage = R"({"resourceType":"Bundle","entry":[{"resource":)";

std::string_view response_code(Body body) noexcept {
  if (body == Body::kTransient) return "transient-error";
  return body == Body::kFatal ? "fatal-error" : "ok";
}

std::string_view usual_issue(int status) noexcept {
  switch (status) {
    case 401: return "security";
    case 403: return "forbidden";
    case 404: return "not-found";
    case 408: return "timeout";
    case 409: return "conflict";
    case 422: return "not-supported";
    case 425: return "duplicate";
    case 429:
    case 503: return "transient";
    default: return status >= 500 ? "exception" : "invalid";
  }
}

std::string_view error_code(int status) noexcept {
  for (int at = 0; at < bars::kRecCount; ++at) {
    const bars::RecTraits& traits = bars::traits(static_cast<bars::Rec>(at));
    if (traits.http_status == status) return traits.code;
  }
  return status >= 500 ? "REC_SERVER_ERROR" : "REC_BAD_REQUEST";
}

/// The message with another MessageHeader.response.code.
fhir::tree::TreePtr with_code(Node message, std::string_view code) {
  ResourceBuilder bundle(fhir::definitions::r4(), "Bundle");
  bundle.copy_children(message, {"entry"});
  for (const Node entry : message.children("entry")) {
    const Node header = entry.child("resource");
    if (header.type() != "MessageHeader") {
      bundle.copy("entry", entry);
      continue;
    }
    bundle.open("entry").copy_children(entry, {"resource"}).open_resource("resource", "MessageHeader");
    bundle.copy_children(header, {"response"}).open("response");
    bundle.copy_children(header.child("response"), {"code"}).set("code", code);
    bundle.close().close().close();
  }
  return bundle.finish();
}

void mirror_ids(const http::Request& request, http::Response& response) {
  for (const std::string_view name : {"X-Request-Id", "X-Correlation-Id"}) {
    if (const auto value = request.headers.find(name)) response.headers.set(name, *value);
  }
}

}  // namespace

Written write(Node resource, bool xml) {
  if (xml) return {fhir::xml::write(resource), std::string(http::content_type(http::Format::kXml))};
  return {fhir::json::write(resource), std::string(http::content_type(http::Format::kJson))};
}

http::Response Answers::outcome(int status, std::string_view issue, std::string_view text,
                                const http::Request& request, bool mirror) {
  ResourceBuilder built(fhir::definitions::r4(), "OperationOutcome");
  built.open("meta").set("profile", bars::kOutcomeProfile).close();
  built.open("issue").set("severity", "error").set("code", issue);
  built.open("details").open("coding").set("system", bars::kErrorSystem).set("code", error_code(status));
  built.close().close().set("diagnostics", text).close();
  Written written = write(built.finish()->root(), script_.xml);
  http::Response response = http::make_response(status, written.media_type, std::move(written.bytes));
  if (mirror) mirror_ids(request, response);
  return response;
}

http::Response Answers::duplicate(const http::Request& request) {
  return outcome(409, "duplicate", "this message was taken before", request, true);
}

http::Response Answers::refused(int status, std::string_view text, const http::Request& request) {
  return outcome(status, usual_issue(status), text, request, true);
}

http::Response Answers::by_rule(const ReplyRule& rule, const Seen& seen, const http::Request& request) {
  http::Response response;
  switch (rule.body) {
    case Body::kNone: response = http::make_response(rule.status); break;
    case Body::kGarbage:
      response =
          http::make_response(rule.status, http::content_type(http::Format::kJson), std::string(kGarbage));
      break;
    case Body::kOutcome:
      response =
          outcome(rule.status, rule.issue.empty() ? usual_issue(rule.status) : std::string_view(rule.issue),
                  "as the script says", request, rule.mirror);
      break;
    default: {
      Written written = write(business_answer(rule.body, seen)->root(), script_.xml);
      response = http::make_response(rule.status, written.media_type, std::move(written.bytes));
      break;
    }
  }
  if (rule.mirror) mirror_ids(request, response);
  if (rule.retry_after) response.headers.set("Retry-After", std::to_string(rule.retry_after->count()));
  return response;
}

fhir::tree::TreePtr Answers::business_answer(Body body, const Seen& seen) {
  const std::string now = fhir::to_text(clock_.now());
  const std::string header = fhir::random_uuid(random_);
  ResourceBuilder bundle(fhir::definitions::r4(), "Bundle");
  bundle.set("id", fhir::random_uuid(random_));
  bundle.open("meta").set("versionId", "1.4.0").set("lastUpdated", now).close();
  bundle.set("type", "message").set("timestamp", now);
  bundle.open("entry").set("fullUrl", "urn:uuid:" + header).open_resource("resource", "MessageHeader");
  bundle.set("id", header).open("meta").set("lastUpdated", now);
  for (const Node tag : seen.header.child("meta").children("tag"))
    bundle.copy("tag", tag);
  bundle.close();
  bundle.open("eventCoding").set("system", bars::kEventSystem).set("code", "servicerequest-response").close();
  bundle.open("destination").set("endpoint", seen.header.at("source", "endpoint").text()).close();
  bundle.open("source")
      .set("name", script_.identity.name)
      .set("endpoint", script_.identity.service_id)
      .close();
  bundle.open("reason").open("coding").set("system", bars::kReasonSystem).set("code", "new").close().close();
  bundle.open("response").set("identifier", answered_id(body, seen)).set("code", response_code(body)).close();
  bundle.set("definition", bars::kResponseDefinition).close().close();
  return bundle.finish();
}

std::string Answers::answered_id(Body body, const Seen& seen) {
  return body == Body::kWrongIdentifier ? fhir::random_uuid(random_) : seen.bundle;
}

fhir::tree::TreePtr Answers::task_message(Body body, Node task, const Seen& seen) {
  bars::Envelope envelope;
  envelope.bundle_id = fhir::random_uuid(random_);
  envelope.header_id = fhir::random_uuid(random_);
  envelope.timestamp = clock_.now();
  envelope.source = bars::parse_endpoint(script_.identity.service_id);
  envelope.destination = bars::parse_endpoint(seen.header.at("source", "endpoint").text());
  envelope.sender_url = "urn:uuid:" + fhir::random_uuid(random_);
  envelope.sender_ods = script_.identity.ods;
  envelope.sender_name = script_.identity.name;
  envelope.software = "Ligament stand-in partner";
  const std::string focus = full_url(seen, seen.task);
  std::vector<bars::Part> parts = {{focus, task}};
  for (const Node resource : {seen.service_request, seen.patient}) {
    if (resource) parts.push_back({full_url(seen, resource), resource});
  }
  const fhir::tree::TreePtr message = bars::encode_response(
      fhir::definitions::r4(), parts, focus, answered_id(body, seen), bars::RequestReason::kNew, envelope);
  return with_code(message->root(), response_code(body));
}

std::string with_fresh_ids(std::string_view text, fhir::Random& random) {
  std::map<std::string, std::string, std::less<>> fresh;
  std::string out;
  out.reserve(text.size());
  std::size_t at = 0;
  while (at < text.size()) {
    const std::string_view candidate = text.substr(at, kUuidSize);
    if (candidate.size() < kUuidSize || !fhir::is_uuid(candidate)) {
      out.push_back(text[at++]);
      continue;
    }
    const auto known = fresh.find(candidate);
    if (known == fresh.end()) {
      out.append(fresh.emplace(candidate, fhir::random_uuid(random)).first->second);
    } else {
      out.append(known->second);
    }
    at += kUuidSize;
  }
  return out;
}

}  // namespace gateway::partner
