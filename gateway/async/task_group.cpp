#include "gateway/async/task_group.hpp"

#include <exception>
#include <list>
#include <utility>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>

#include "gateway/async/notifier.hpp"
#include "gateway/async/within.hpp"

namespace gateway::async {
namespace {

awaitable<void> run_task(awaitable<void> task) {
  co_await boost::asio::this_coro::throw_if_cancelled(false);
  co_await boost::asio::post(boost::asio::deferred);
  co_await std::move(task);
}

}  // namespace

class TaskGroup::Tasks : public std::enable_shared_from_this<Tasks> {
 public:
  Tasks(Executor executor, FailureSink on_failure)
      : executor_(std::move(executor)), on_failure_(std::move(on_failure)), ended_(executor_) {}

  void spawn(std::string name, awaitable<void> task) {
    const auto entry = running_.emplace(running_.end(), std::move(name));
    auto done = [self = shared_from_this(), entry](std::exception_ptr failure) {
      if (failure) self->fail(entry->name);
      self->running_.erase(entry);
      self->ended_.notify_all();
    };
    boost::asio::co_spawn(executor_, run_task(std::move(task)),
                          boost::asio::bind_cancellation_slot(entry->stop.slot(), std::move(done)));
    if (cancelled_) entry->stop.emit(boost::asio::cancellation_type::terminal);
  }

  void cancel() {
    cancelled_ = true;
    // Emitting may end a task, which leaves the list.
    for (auto entry = running_.begin(); entry != running_.end();) {
      const auto current = entry++;
      current->stop.emit(boost::asio::cancellation_type::terminal);
    }
  }

  void disown() { on_failure_ = nullptr; }

  [[nodiscard]] awaitable<fhir::Status> ended() { return ended_.wait(); }

  [[nodiscard]] std::string names() const {
    std::string names;
    for (const Entry& entry : running_)
      names.append(names.empty() ? "" : ", ").append(entry.name);
    return names;
  }
  [[nodiscard]] std::size_t running() const { return running_.size(); }
  [[nodiscard]] std::size_t failures() const { return failures_; }

 private:
  struct Entry {
    explicit Entry(std::string task_name) : name(std::move(task_name)) {}
    std::string name;
    boost::asio::cancellation_signal stop;
  };

  void fail(const std::string& name) {
    ++failures_;
    if (on_failure_) on_failure_(name);
  }

  Executor executor_;
  FailureSink on_failure_;
  std::list<Entry> running_;
  Notifier ended_;
  bool cancelled_ = false;
  std::size_t failures_ = 0;
};

TaskGroup::TaskGroup(Executor executor, FailureSink on_failure)
    : tasks_(std::make_shared<Tasks>(std::move(executor), std::move(on_failure))) {}

TaskGroup::~TaskGroup() {
  tasks_->disown();
  tasks_->cancel();
}

void TaskGroup::spawn(std::string name, awaitable<void> task) {
  tasks_->spawn(std::move(name), std::move(task));
}

void TaskGroup::cancel() {
  tasks_->cancel();
}

awaitable<fhir::Status> TaskGroup::wait(Timers& timers, Deadline deadline) {
  const auto tasks = tasks_;
  while (tasks->running() != 0) {
    const fhir::Status ended = co_await within(timers, deadline, tasks->ended());
    if (ended.has_value()) continue;
    if (ended.error().code != fhir::ErrorCode::kTimedOut) co_return fhir::fail(ended.error());
    if (tasks->running() == 0) break;
    co_return fhir::fail(fhir::ErrorCode::kTimedOut, "still running: " + tasks->names());
  }
  co_return fhir::Status();
}

std::size_t TaskGroup::running() const {
  return tasks_->running();
}

std::size_t TaskGroup::failures() const {
  return tasks_->failures();
}

}  // namespace gateway::async
