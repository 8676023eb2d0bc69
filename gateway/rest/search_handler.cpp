#include "gateway/rest/search_handler.hpp"

#include <utility>

#include "fhir/search/query.hpp"
#include "gateway/http/target.hpp"
#include "gateway/rest/answers.hpp"

namespace gateway::rest {
namespace {

bool is_lenient(const http::Request& request) {
  return http::has_list_token(request.headers, "Prefer", "handling=lenient");
}

std::string link(const std::string& base, const fhir::search::Parsed& parsed, const std::string* cursor) {
  std::string url = base + "/" + parsed.query.type;
  char separator = '?';
  const auto add = [&url, &separator](std::string_view name, std::string_view value) {
    url.push_back(separator);
    url.append(http::percent_encode(name)).append("=").append(http::percent_encode(value));
    separator = '&';
  };
  for (const auto& [name, value] : parsed.applied)
    add(name, value);
  if (cursor != nullptr) add(fhir::search::kCursorParam, *cursor);
  return url;
}

/// The Bundle as JSON. Urls are percent-encoded, ids and types are tokens: none needs escaping.
std::string searchset(const std::string& base, const fhir::search::Parsed& parsed,
                      const store::ResourcePage& page) {
  std::string json = R"({"resourceType":"Bundle","type":"searchset")";
  if (page.total) json.append(R"(,"total":)").append(std::to_string(*page.total));
  const auto add_link = [&json](std::string_view relation, const std::string& url) {
    json.append(R"({"relation":")").append(relation).append(R"(","url":")").append(url).append("\"}");
  };
  json.append(R"(,"link":[)");
  add_link("self", link(base, parsed, nullptr));
  if (page.next) {
    json.push_back(',');
    add_link("next", link(base, parsed, &*page.next));
  }
  json.push_back(']');
  if (!page.rows.empty()) {
    char separator = '[';
    json.append(R"(,"entry":)");
    for (const store::ResourceRow& row : page.rows) {
      json.push_back(separator);
      separator = ',';
      json.append(R"({"fullUrl":")").append(base).append("/").append(row.type).append("/").append(row.id);
      json.append(R"(","resource":)").append(versioned_json(row)).append(R"(,"search":{"mode":"match"}})");
    }
    json.push_back(']');
  }
  json.push_back('}');
  return json;
}

}  // namespace

async::awaitable<http::Response> SearchHandler::handle(http::Request request) {
  fhir::Result<store::Caller> caller = authenticate_(request);
  if (!caller.has_value()) co_return refusal_answer(request, bars::refusal(caller.error()));
  const auto format = negotiate(request);
  if (!format) co_return refusal_answer(request, format.error());
  const auto unknown = is_lenient(request) ? fhir::search::Unknown::kIgnore : fhir::search::Unknown::kRefuse;
  const auto parsed = fhir::search::parse(request.capture("type"), request.target.query(), unknown);
  if (!parsed.has_value()) {
    // A type that cannot be searched is no such place; a parameter that cannot be read is the caller's to
    // correct.
    const int status = parsed.error().code == fhir::ErrorCode::kUnsupported ? 404 : 400;
    co_return refusal_answer(
        request, bars::refusal(status == 404 ? bars::Rec::kNotFound : bars::Rec::kBadRequest,
                               status == 404 ? fhir::IssueType::kNotFound : fhir::IssueType::kInvalid, {},
                               parsed.error().detail));
  }
  fhir::search::Query query = parsed->query;
  const fhir::Result<store::ResourcePage> page = co_await reads_.search(std::move(*caller), std::move(query));
  if (!page.has_value()) co_return refusal_answer(request, bars::refusal(page.error()));
  fhir::Result<std::string> body = stored_in(*format, searchset(base_url_, *parsed, *page));
  if (!body.has_value()) co_return refusal_answer(request, bars::refusal(body.error()));
  http::Response response = http::make_response(200, http::content_type(*format), std::move(*body));
  mirror_ids(request, response);
  co_return response;
}

}  // namespace gateway::rest
