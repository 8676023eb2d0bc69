// Refuses compilers that destroy temporaries twice in a full expression containing co_await.
// Each case counts constructions and destructions; they must be equal. Self-contained on purpose: it is built
// before any dependency is looked for.
#include <coroutine>
#include <cstdio>
#include <exception>
#include <functional>
#include <optional>
#include <utility>

namespace {

int alive = 0;
int destroyed_dead = 0;

struct Counted {
  bool live = true;
  Counted() { ++alive; }
  Counted(const Counted&) { ++alive; }
  Counted(Counted&&) noexcept { ++alive; }
  Counted& operator=(const Counted&) = default;
  Counted& operator=(Counted&&) noexcept = default;
  ~Counted() {
    if (!live) ++destroyed_dead;
    live = false;
    --alive;
  }
};

struct Task {
  struct promise_type {
    std::coroutine_handle<> waiter;
    Task get_return_object() { return Task{std::coroutine_handle<promise_type>::from_promise(*this)}; }
    std::suspend_always initial_suspend() noexcept { return {}; }
    struct Final {
      bool await_ready() noexcept { return false; }
      std::coroutine_handle<> await_suspend(std::coroutine_handle<promise_type> done) noexcept {
        return done.promise().waiter ? done.promise().waiter : std::noop_coroutine();
      }
      void await_resume() noexcept {}
    };
    Final final_suspend() noexcept { return {}; }
    void return_void() {}
    void unhandled_exception() { std::terminate(); }
  };
  explicit Task(std::coroutine_handle<promise_type> h) : handle(h) {}
  Task(Task&& other) noexcept : handle(std::exchange(other.handle, nullptr)) {}
  Task& operator=(Task&&) = delete;
  ~Task() {
    if (handle) handle.destroy();
  }
  bool await_ready() const noexcept { return false; }
  std::coroutine_handle<> await_suspend(std::coroutine_handle<> waiter) noexcept {
    handle.promise().waiter = waiter;
    return handle;
  }
  void await_resume() const noexcept {}
  std::coroutine_handle<promise_type> handle;
};

struct Aggregate {
  Counted value;
  int other = 0;
};

Task by_value(Aggregate) {
  co_return;
}
Task by_reference(const Aggregate&) {
  co_return;
}
Task by_optional(std::optional<Aggregate>) {
  co_return;
}
Task by_function(std::function<void()>) {
  co_return;
}
template <class F>
Task by_template(F) {
  co_return;
}
struct Deferred {
  Task operator()(Aggregate) const { co_return; }
};

Task aggregate_by_value() {
  Counted c;
  co_await by_value(Aggregate{c, 1});
}
Task aggregate_designated() {
  Counted c;
  co_await by_value({.value = c, .other = 1});
}
Task aggregate_by_reference() {
  Counted c;
  co_await by_reference(Aggregate{c, 1});
}
Task aggregate_in_optional() {
  Counted c;
  co_await by_optional(Aggregate{c, 1});
}
Task lambda_capture() {
  Counted c;
  co_await by_template([c] { (void)c; });
}
Task lambda_to_function() {
  Counted c;
  co_await by_function([c] { (void)c; });
}
Task member_call() {
  Counted c;
  Deferred d;
  co_await d(Aggregate{c, 1});
}

int run(const char* name, Task (*make)()) {
  alive = 0;
  destroyed_dead = 0;
  {
    Task task = make();
    task.handle.resume();
  }
  if (alive == 0 && destroyed_dead == 0) return 0;
  std::printf("%s: %d objects unbalanced, %d destroyed twice\n", name, alive, destroyed_dead);
  return 1;
}

}  // namespace

int main() {
  int failures = 0;
  failures += run("aggregate by value", aggregate_by_value);
  failures += run("designated aggregate", aggregate_designated);
  failures += run("aggregate by reference", aggregate_by_reference);
  failures += run("aggregate in optional", aggregate_in_optional);
  failures += run("lambda capture", lambda_capture);
  failures += run("lambda to std::function", lambda_to_function);
  failures += run("aggregate to member", member_call);
  return failures == 0 ? 0 : 1;
}
