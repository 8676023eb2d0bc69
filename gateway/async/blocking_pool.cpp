#include "gateway/async/blocking_pool.hpp"

#include <condition_variable>
#include <deque>
#include <mutex>
#include <pthread.h>

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>

#include "gateway/async/initiate.hpp"

namespace gateway::async {
namespace {

using RanHandler = boost::asio::any_completion_handler<void(fhir::ErrorCode)>;

constexpr fhir::ErrorCode kRan = fhir::ErrorCode::kDuplicate;  // never a failure of a job; see to_status

/// The outcome of running a job: kRan, or kInternal when it threw.
fhir::ErrorCode run_caught(const BlockingPool::Job& job) {
  try {
    job();
    return kRan;
  } catch (...) {
    return fhir::ErrorCode::kInternal;
  }
}

fhir::Status to_status(fhir::ErrorCode code) {
  if (code == kRan) return {};
  return fhir::fail(code, code == fhir::ErrorCode::kInternal ? "a blocking job threw"
                                                             : "the blocking pool is full or stopped");
}

}  // namespace

/// Shared with the threads.
class ThreadPool::Work {
 public:
  explicit Work(std::size_t capacity) : capacity_(capacity) {}

  /// kRan when queued.
  fhir::ErrorCode push(Job job, RanHandler& handler, const Executor& executor) {
    const std::lock_guard lock(mutex_);
    if (stopping_) return fhir::ErrorCode::kUnavailable;
    if (queue_.size() >= capacity_) return fhir::ErrorCode::kBusy;
    queue_.push_back({std::move(job), std::move(handler), boost::asio::make_work_guard(executor)});
    arrived_.notify_one();
    return kRan;
  }

  void run_thread() {
    std::unique_lock lock(mutex_);
    while (true) {
      arrived_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
      if (queue_.empty()) return;
      Entry entry = std::move(queue_.front());
      queue_.pop_front();
      ++running_;
      lock.unlock();
      const fhir::ErrorCode ran = run_caught(entry.job);
      entry.job = nullptr;
      const Executor executor = entry.work.get_executor();
      boost::asio::post(executor,
                        [handler = std::move(entry.handler), ran]() mutable { std::move(handler)(ran); });
      entry.work.reset();
      lock.lock();
      --running_;
    }
  }

  void stop() {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    arrived_.notify_all();
  }

  [[nodiscard]] std::size_t load() {
    const std::lock_guard lock(mutex_);
    return queue_.size() + running_;
  }

 private:
  struct Entry {
    Job job;
    RanHandler handler;
    boost::asio::executor_work_guard<Executor> work;
  };
  std::size_t capacity_;
  std::mutex mutex_;
  std::condition_variable arrived_;
  std::deque<Entry> queue_;
  std::size_t running_ = 0;
  bool stopping_ = false;
};

ThreadPool::ThreadPool(std::string name, std::size_t threads, std::size_t capacity)
    : work_(std::make_shared<Work>(capacity)) {
  for (std::size_t i = 0; i < threads; ++i) {
    threads_.emplace_back([work = work_] { work->run_thread(); });
    // The kernel keeps 15 bytes of a thread's name.
    pthread_setname_np(threads_.back().native_handle(), name.substr(0, 15).c_str());
  }
}

ThreadPool::~ThreadPool() {
  stop();
}

void ThreadPool::stop() {
  work_->stop();
  for (std::thread& thread : threads_)
    thread.join();
  threads_.clear();
}

std::size_t ThreadPool::load() const {
  return work_->load();
}

awaitable<fhir::Status> ThreadPool::run_job(Job job) {
  const Executor executor = co_await boost::asio::this_coro::executor;
  auto operation = initiate<void(fhir::ErrorCode)>(
      [work = work_, executor, job = std::move(job)](RanHandler handler) mutable {
        const fhir::ErrorCode queued = work->push(std::move(job), handler, executor);
        if (queued == kRan) return;
        boost::asio::post(executor,
                          [handler = std::move(handler), queued]() mutable { std::move(handler)(queued); });
      });
  const auto [code] = co_await std::move(operation);
  co_return to_status(code);
}

awaitable<fhir::Status> InlinePool::run_job(Job job) {
  const Executor executor = co_await boost::asio::this_coro::executor;
  auto operation =
      initiate<void(fhir::ErrorCode)>([executor, job = std::move(job)](RanHandler handler) mutable {
        boost::asio::post(executor, [handler = std::move(handler), job = std::move(job)]() mutable {
          const fhir::ErrorCode ran = run_caught(job);
          std::move(handler)(ran);
        });
      });
  const auto [code] = co_await std::move(operation);
  co_return to_status(code);
}

}  // namespace gateway::async
