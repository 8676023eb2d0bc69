#include "gateway/rest/validate_handler.hpp"

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/validate/outcome.hpp"
#include "gateway/rest/answers.hpp"
#include "gateway/rest/operation_input.hpp"
#include "gateway/rest/place.hpp"

namespace gateway::rest {
namespace {

constexpr auto kParameters = std::to_array<std::string_view>({"resource", "profile", "mode"});

/// A question that was read: what to validate, and against what.
struct Question {
  std::string body;  ///< Gives issues their line and column.
  OperationInput input;
  fhir::tree::Node resource;
  std::vector<std::string> profiles;
};

RefusedInput refused(fhir::IssueType type, std::string text, int status) {
  return {bars::refusal(bars::Rec::kBadRequest, type, {}, std::move(text)), status};
}

tl::expected<std::shared_ptr<const Question>, RefusedInput> read_question(http::Request& request,
                                                                          const fhir::ReadLimits& limits) {
  auto input = OperationInput::read(request, kParameters, limits, true);
  if (!input) return tl::unexpected(std::move(input).error());
  auto question = std::make_shared<Question>();
  question->input = std::move(*input);
  question->resource = question->input.resource("resource");
  for (const std::string_view profile : question->input.texts("profile"))
    question->profiles.emplace_back(profile);
  const std::string_view mode = question->input.text("mode");
  if (!question->resource)
    return tl::unexpected(refused(fhir::IssueType::kRequired, "there is no resource to validate", 400));
  const std::string_view type = request.capture("type");
  if (!type.empty() && type != question->resource.type()) {
    return tl::unexpected(
        refused(fhir::IssueType::kInvalid, "the resource is not of the type that the path names", 400));
  }
  if (!mode.empty() && mode != "create" && mode != "update" && mode != "profile")
    return tl::unexpected(refused(fhir::IssueType::kNotSupported, "this mode is not offered", 422));
  if (mode == "profile" && question->profiles.empty())
    return tl::unexpected(refused(fhir::IssueType::kRequired, "mode profile needs a profile", 400));
  question->body = std::move(request.body);
  return question;
}

fhir::Result<fhir::tree::TreePtr> answer(const fhir::validate::Validator& validator,
                                         const Question& question) {
  fhir::IssueList issues = question.input.issues();
  issues.append(validator.validate(question.resource, question.body, question.profiles));
  return fhir::validate::to_outcome(issues);
}

}  // namespace

async::awaitable<http::Response> ValidateHandler::handle(http::Request request) {
  const auto format = admit(request, authenticate_, *ports_.under_way, kMostAtOnce);
  if (!format) co_return format.error();
  const Place place(ports_.under_way);
  auto question = read_question(request, ports_.limits);
  if (!question) co_return refusal_answer(request, question.error().refusal, question.error().status);
  auto work = [validator = ports_.validator, asked = *question] { return answer(*validator, *asked); };
  async::awaitable<fhir::Result<fhir::tree::TreePtr>> answering = ports_.pool.run(std::move(work));
  const fhir::Result<fhir::tree::TreePtr> outcome = co_await std::move(answering);
  if (!outcome.has_value()) co_return refusal_answer(request, bars::refusal(outcome.error()));
  http::Response response = resource_answer(200, (*outcome)->root(), *format);
  mirror_ids(request, response);
  co_return response;
}

}  // namespace gateway::rest
