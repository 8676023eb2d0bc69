#include "gateway/observe/log.hpp"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <mutex>
#include <spdlog/async_logger.h>
#include <spdlog/details/thread_pool.h>
#include <spdlog/sinks/base_sink.h>
#include <thread>
#include <unistd.h>

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

/// Whole lines to a descriptor; what cannot be written is lost. Lines that wait together are written
/// together, and then the thread rests: lines that come meanwhile need not wake it each.
class DescriptorSink final : public spdlog::sinks::base_sink<std::mutex> {
 public:
  /// `queue` has the thread that calls this sink.
  DescriptorSink(int descriptor, spdlog::details::thread_pool& queue)
      : descriptor_(descriptor), queue_(queue) {}
  DescriptorSink(const DescriptorSink&) = delete;
  DescriptorSink& operator=(const DescriptorSink&) = delete;
  ~DescriptorSink() override { write_gathered(); }

 protected:
  void sink_it_(const spdlog::details::log_msg& message) override {
    gathered_.append(message.payload.data(), message.payload.size()).push_back('\n');
    if (queue_.queue_size() != 0 && gathered_.size() < kGatherBytes) return;
    write_gathered();
    std::this_thread::sleep_for(kRest);
  }
  void flush_() override { write_gathered(); }

 private:
  static constexpr std::size_t kGatherBytes = 65'536;
  static constexpr std::chrono::milliseconds kRest{2};

  void write_gathered() {
    std::string_view rest = gathered_;
    while (!rest.empty()) {
      const ssize_t written = ::write(descriptor_, rest.data(), rest.size());
      if (written < 0 && errno == EINTR) continue;
      if (written <= 0) break;
      rest.remove_prefix(static_cast<std::size_t>(written));
    }
    gathered_.clear();
  }

  int descriptor_;
  spdlog::details::thread_pool& queue_;
  std::string gathered_;
};

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

class StreamLog::Sink {
 public:
  Sink(int descriptor, std::size_t queue_lines)
      : pool_(std::make_shared<spdlog::details::thread_pool>(queue_lines, 1)),
        logger_(std::make_shared<spdlog::async_logger>(
            "ligament", std::make_shared<DescriptorSink>(descriptor, *pool_), pool_,
            spdlog::async_overflow_policy::overrun_oldest)) {
    logger_->set_level(spdlog::level::trace);
  }

  void put(const std::string& line) { logger_->log(spdlog::level::info, spdlog::string_view_t(line)); }

  /// Lines lost since the last call.
  std::size_t take_lost() {
    const std::lock_guard lock(mutex_);
    const std::size_t lost = pool_->overrun_counter();
    const std::size_t fresh = lost - reported_;
    reported_ = lost;
    return fresh;
  }

 private:
  std::shared_ptr<spdlog::details::thread_pool> pool_;
  std::shared_ptr<spdlog::async_logger> logger_;
  std::mutex mutex_;
  std::size_t reported_ = 0;
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
