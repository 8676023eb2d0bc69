#include "gateway/observe/log.hpp"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <unistd.h>
#include <utility>

namespace gateway::observe {
namespace {

constexpr std::size_t kMaxValueBytes = 80;

std::string_view level_name(Level level) {
  switch (level) {
    case Level::kDebug: return "debug";
    case Level::kInfo: return "info";
    case Level::kWarning: return "warning";
    case Level::kError: return "error";
  }
  return "error";
}

void append_value(std::string& line, const std::variant<std::int64_t, bool, std::string_view>& value) {
  if (const auto* number = std::get_if<std::int64_t>(&value)) {
    line.append(std::to_string(*number));
  } else if (const auto* flag = std::get_if<bool>(&value)) {
    line.append(*flag ? "true" : "false");
  } else {
    const std::string_view text = std::get<std::string_view>(value);
    line.append("\"").append(is_loggable(text) ? text : "?").append("\"");
  }
}

/// As far as the descriptor takes it; what cannot be written is lost.
void write_text(int descriptor, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(descriptor, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
}

}  // namespace

bool is_loggable(std::string_view value) noexcept {
  return !value.empty() && value.size() <= kMaxValueBytes &&
         std::all_of(value.begin(), value.end(), [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
                  std::string_view("-._:/[]$").find(c) != std::string_view::npos;
         });
}

std::string format_line(fhir::Instant time, Level level, LogName event,
                        std::initializer_list<LogField> fields) {
  std::string line;
  line.reserve(128 + fields.size() * 32);
  line.append(R"({"time":")").append(fhir::to_text(time));
  line.append(R"(","level":")").append(level_name(level));
  line.append(R"(","event":")").append(event.text()).append("\"");
  for (const LogField& field : fields) {
    line.append(",\"").append(field.name()).append("\":");
    append_value(line, field.value());
  }
  line.push_back('}');
  return line;
}

void NullLog::write(Level /*level*/, LogName /*event*/, std::initializer_list<LogField> /*fields*/) {}

/// Lines in a bounded queue, and the thread that writes them: all that gathered since the last time at once,
/// so that a busy gateway does not wake it for each.
class StreamLog::Sink {
 public:
  Sink(int descriptor, std::size_t queue_lines)
      : descriptor_(descriptor), queue_lines_(queue_lines), thread_([this] { run(); }) {}
  ~Sink() {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    news_.notify_one();
    thread_.join();
  }
  Sink(const Sink&) = delete;
  Sink& operator=(const Sink&) = delete;

  /// The oldest line makes room.
  void put(std::string line) {
    bool wake = false;
    {
      const std::lock_guard lock(mutex_);
      if (lines_.size() >= queue_lines_) {
        lines_.pop_front();
        ++lost_;
      }
      lines_.push_back(std::move(line));
      wake = std::exchange(waiting_, false);
    }
    if (wake) news_.notify_one();
  }

  /// Lines lost since the last call.
  std::size_t take_lost() {
    const std::lock_guard lock(mutex_);
    return std::exchange(lost_, 0);
  }

 private:
  void run() {
    std::unique_lock lock(mutex_);
    while (true) {
      waiting_ = true;
      news_.wait(lock, [this] { return stopping_ || !lines_.empty(); });
      waiting_ = false;
      if (lines_.empty()) return;
      const std::deque<std::string> lines = std::exchange(lines_, {});
      lock.unlock();
      std::string text;
      for (const std::string& line : lines)
        text.append(line).push_back('\n');
      write_text(descriptor_, text);
      lock.lock();
      news_.wait_for(lock, kGathering, [this] { return stopping_; });
    }
  }

  static constexpr std::chrono::milliseconds kGathering{2};
  int descriptor_;
  std::size_t queue_lines_;
  std::mutex mutex_;  // guards what follows but the thread
  std::condition_variable news_;
  std::deque<std::string> lines_;
  std::size_t lost_ = 0;
  bool stopping_ = false;
  bool waiting_ = false;  ///< The thread wants to be woken by the next line.
  std::thread thread_;
};

StreamLog::StreamLog(const fhir::Clock& clock, Level level, int descriptor, std::size_t queue_lines)
    : clock_(clock), level_(level), sink_(std::make_unique<Sink>(descriptor, queue_lines)) {}

StreamLog::~StreamLog() = default;

void StreamLog::write(Level level, LogName event, std::initializer_list<LogField> fields) {
  if (level < level_) return;
  const fhir::Instant now = clock_.now();
  if (const std::size_t lost = sink_->take_lost(); lost != 0) {
    sink_->put(
        format_line(now, Level::kWarning, "log_lines_lost", {{"count", static_cast<std::uint64_t>(lost)}}));
  }
  sink_->put(format_line(now, level, event, fields));
}

}  // namespace gateway::observe
