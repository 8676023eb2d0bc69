#include "gateway/rest/task_update_handler.hpp"

#include <utility>

#include "fhir/definitions/definitions.hpp"
#include "fhir/json/reader.hpp"
#include "fhir/validate/validate.hpp"
#include "fhir/xml/reader.hpp"
#include "gateway/rest/answers.hpp"

namespace gateway::rest {
namespace {

/// Status 0 means that of the refusal.
struct Refused {
  bars::Refusal refusal;
  int status = 0;
};

using ReadTask = tl::expected<fhir::tree::TreePtr, Refused>;

/// The Task of the body, read and valid.
ReadTask read_task(const http::Request& request, const fhir::ReadLimits& limits) {
  const auto type = http::body_type(request);
  if (!type.has_value()) {
    return tl::unexpected(Refused{
        bars::refusal(bars::Rec::kBadRequest, fhir::IssueType::kNotSupported, {}, type.error().detail), 415});
  }
  fhir::tree::ReadOutcome read = type->format == http::Format::kJson
                                     ? fhir::json::read(request.body, fhir::definitions::r4(), limits)
                                     : fhir::xml::read(request.body, fhir::definitions::r4(), limits);
  if (read.tree == nullptr || read.issues.has_error())
    return tl::unexpected(Refused{bars::refusal(bars::Rec::kBadRequest, read.issues), 0});
  fhir::validate::ValidateOptions options;
  options.source = request.body;
  options.report_unchecked_codes = false;
  const fhir::IssueList issues = fhir::validate::check(read.tree->root(), options);
  if (issues.has_error()) return tl::unexpected(Refused{bars::refusal(issues), 0});
  const fhir::tree::Node root = read.tree->root();
  if (root.type() != "Task" || root.child("id").text() != request.capture("id")) {
    return tl::unexpected(Refused{bars::refusal(bars::Rec::kBadRequest, fhir::IssueType::kInvariant,
                                                "Task.id", "the body must be the Task that the path names"),
                                  0});
  }
  return std::move(read.tree);
}

async::awaitable<fhir::Result<ReadTask>> read_on(async::BlockingPool* pool,
                                                 std::shared_ptr<const http::Request> request,
                                                 fhir::ReadLimits limits) {
  if (pool == nullptr || request->body.size() < intake::kLargeMessage) {
    fhir::Result<ReadTask> read(read_task(*request, limits));
    co_return read;
  }
  auto work = [request, limits]() -> fhir::Result<ReadTask> { return read_task(*request, limits); };
  async::awaitable<fhir::Result<ReadTask>> reading = pool->run(std::move(work));
  fhir::Result<ReadTask> read = co_await std::move(reading);
  co_return read;
}

intake::Arrival unreadable(const http::Request& request, store::Caller caller, const Refused& refused) {
  intake::Arrival arrival;
  arrival.caller = std::move(caller);
  arrival.door = "rest";
  arrival.bytes = request.body;
  arrival.media_type = std::string(request.headers.find("Content-Type").value_or(""));
  arrival.event = "task-update";
  arrival.refusal = refused.refusal;
  arrival.refused_status = refused.status;
  return arrival;
}

}  // namespace

async::awaitable<http::Response> TaskUpdateHandler::handle(http::Request whole) {
  const auto held = std::make_shared<const http::Request>(std::move(whole));
  const http::Request& request = *held;
  fhir::Result<store::Caller> caller = authenticate_(request);
  if (!caller.has_value()) co_return refusal_answer(request, bars::refusal(caller.error()));
  const auto format = negotiate(request);
  if (!format) co_return refusal_answer(request, format.error());
  const auto if_match = request.headers.find("If-Match");
  const auto version = if_match ? parse_if_match(*if_match) : std::nullopt;
  if (!version) {
    co_return refusal_answer(request,
                             bars::refusal(bars::Rec::kBadRequest, fhir::IssueType::kRequired, {},
                                           "an update names the version it changes: If-Match: W/\"n\""),
                             if_match ? 400 : 428);
  }
  async::awaitable<fhir::Result<ReadTask>> reading = read_on(pool_, held, limits_);
  fhir::Result<ReadTask> made = co_await std::move(reading);
  if (!made.has_value()) co_return refusal_answer(request, bars::refusal(made.error()));
  ReadTask& task = *made;
  if (!task) {
    // Kept for review and read for red flags like any other message that is refused.
    intake::Arrival arrival = unreadable(request, std::move(*caller), task.error());
    const intake::Outcome outcome = co_await intake_.process(std::move(arrival));
    if (outcome.error) co_return refusal_answer(request, bars::refusal(*outcome.error));
    co_return refusal_answer(request, task.error().refusal, task.error().status);
  }

  intake::TaskUpdate update;
  update.task_id = std::string(request.capture("id"));
  update.if_match = *version;
  update.incoming = std::move(*task);
  update.body = request.body;
  update.media_type = std::string(request.headers.find("Content-Type").value_or(""));
  const auto updated = co_await intake_.apply_task_update(std::move(*caller), std::move(update));
  if (!updated) co_return refusal_answer(request, updated.error().refusal, updated.error().http_status);
  http::Response response = resource_answer(200, updated->task->root(), *format);
  add_version(response, updated->version, updated->at);
  mirror_ids(request, response);
  co_return response;
}

}  // namespace gateway::rest
