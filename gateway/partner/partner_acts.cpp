// What a partner does of its own: words about referrals, answers that were owed, messages from files.
#include <algorithm>
#include <fstream>
#include <iterator>
#include <utility>

#include "fhir/base/uuid.hpp"
#include "gateway/http/media_type.hpp"
#include "gateway/partner/partner.hpp"
#include "gateway/partner/task_words.hpp"

namespace gateway::partner {
namespace {

constexpr int kMostAttempts = 60;
constexpr Milliseconds kFirstRest{250};
constexpr Milliseconds kLongestRest{2'000};
constexpr int kMostConflicts = 5;

/// The Task that the gateway's answer to a message names.
std::string answered_task(const Exchange& exchange) {
  if (!exchange.body) return {};
  if (exchange.body->root().type() == "Task")
    return std::string("Task/").append(exchange.body->root().child("id").text());
  const Seen seen = see(exchange.body);
  return seen.task ? std::string("Task/").append(seen.task.child("id").text()) : std::string();
}

}  // namespace

async::awaitable<void> Partner::act(std::vector<Action> actions, std::shared_ptr<const Seen> seen,
                                    std::string correlation_id) {
  for (const Action& action : actions) {
    const bool waited = co_await pause(action.after);
    if (!waited) co_return;
    co_await speak(action, seen, correlation_id);
  }
}

async::awaitable<void> Partner::speak(Action action, std::shared_ptr<const Seen> seen,
                                      std::string correlation_id) {
  const std::string id(seen->task.child("id").text());
  if (action.word && id.empty()) {
    JournalLine line = journal_.line("skipped");
    journal_.write(line.text("what", to_text(*action.word)).text("because", "the message names no Task"));
    co_return;
  }
  JournalLine line = journal_.line("speaks");
  line.text("what", action.word ? to_text(*action.word) : to_text(action.answer));
  if (!id.empty()) line.text("task", "Task/" + id);
  journal_.write(line);
  if (action.word && action.via == Via::kTask) {
    co_await update_task(std::move(action), id, std::move(correlation_id));
    co_return;
  }
  fhir::tree::TreePtr spoken;
  std::string what;
  if (action.word) {
    const fhir::tree::TreePtr task = with_word(seen->task, action, parts_.timers.clock().now());
    spoken = answers_.task_message(Body::kOk, task->root(), *seen);
    what = "message " + std::string(to_text(*action.word));
  } else {
    // The Task as it is by now, since an answer alone changes nothing about it.
    const Exchange stored = co_await gateway_->read_task(id);
    const bool read = stored.succeeded() && stored.body;
    spoken = id.empty()
                 ? answers_.business_answer(action.answer, *seen)
                 : answers_.task_message(action.answer, read ? stored.body->root() : seen->task, *seen);
    what = "answer " + std::string(to_text(action.answer));
  }
  Written written = write(spoken->root(), script_->xml);
  Outgoing message;
  message.bytes = std::move(written.bytes);
  message.media_type = std::move(written.media_type);
  message.request_id = fhir::random_uuid(parts_.random);
  message.correlation_id = std::move(correlation_id);
  co_await deliver(std::move(what), std::move(message), action.twice);
}

async::awaitable<void> Partner::update_task(Action action, std::string id, std::string correlation_id) {
  const std::string what = "task " + std::string(to_text(*action.word));
  Outgoing update;
  update.request_id = fhir::random_uuid(parts_.random);
  update.correlation_id = std::move(correlation_id);
  for (int attempt = 1; attempt <= kMostConflicts; ++attempt) {
    const Exchange stored = co_await gateway_->read_task(id);
    if (!stored.succeeded() || !stored.body) {
      tell_sent("read task", update, stored, attempt, "Task/" + id);
      const bool waited = stored.is_worth_repeating() && co_await pause(kFirstRest);
      if (!waited) co_return;
      continue;
    }
    Written written =
        write(with_word(stored.body->root(), action, parts_.timers.clock().now())->root(), script_->xml);
    update.bytes = std::move(written.bytes);
    update.media_type = std::move(written.media_type);
    const Exchange put = co_await gateway_->put_task(id, stored.etag, update);
    tell_sent(what, update, put, attempt, "Task/" + id);
    if (put.succeeded() && action.twice) {
      const Exchange again = co_await gateway_->put_task(id, stored.etag, update);
      tell_sent(what, update, again, attempt + 1, "Task/" + id);
    }
    // Somebody else was faster: read again, say it again.
    if (put.status != 412 && !put.is_worth_repeating()) co_return;
    const bool waited = co_await pause(kFirstRest);
    if (!waited) co_return;
  }
}

async::awaitable<void> Partner::deliver(std::string what, Outgoing message, bool twice) {
  Milliseconds rest = kFirstRest;
  int left = twice ? 2 : 1;
  for (int attempt = 1; attempt <= kMostAttempts && left > 0; ++attempt) {
    const Exchange done = co_await gateway_->post(message);
    tell_sent(what, message, done, attempt, answered_task(done));
    if (!done.is_worth_repeating()) {
      --left;
      continue;
    }
    const bool waited = co_await pause(rest);
    if (!waited) co_return;
    rest = std::min(rest * 2, kLongestRest);
  }
}

async::awaitable<void> Partner::send_on_its_own(Send send) {
  const bool waited = co_await pause(send.at);
  if (!waited) co_return;
  std::ifstream file(send.file, std::ios::binary);
  if (!file) {
    JournalLine line = journal_.line("skipped");
    journal_.write(line.text("what", send.name).text("because", "the file cannot be read"));
    co_return;
  }
  std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  Outgoing message;
  message.bytes = send.as_is ? std::move(text) : with_fresh_ids(text, parts_.random);
  message.media_type =
      http::content_type(send.file.ends_with(".xml") ? http::Format::kXml : http::Format::kJson);
  message.request_id = fhir::random_uuid(parts_.random);
  message.correlation_id = fhir::random_uuid(parts_.random);
  co_await deliver(send.name, std::move(message), send.twice);
}

}  // namespace gateway::partner
