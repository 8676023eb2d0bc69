// The log: one line of JSON for each event, on standard error.
//
//   log.write(Level::kInfo, "message_accepted", {{"seq", seq}, {"partner", partner_name}, {"took_us",
//   elapsed}});
//   {"time":"2026-11-22T05:00:00.000Z","level":"info","event":"message_accepted","seq":17,"partner":"gp-1","took_us":812}
//
// A log line never holds a value of a message. Event and field names are literals, checked at compile time;
// text values are identifiers of our own: short, without spaces, from a small alphabet. Anything else is
// written as "?", so that a name, a sentence or a line break that gets here by mistake does not get out.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <variant>

#include "fhir/base/error.hpp"
#include "fhir/base/instant.hpp"

namespace gateway::observe {

enum class Level : std::uint8_t { kDebug, kInfo, kWarning, kError };

/// A name in the source: 1 to 40 of a-z, 0-9 and underscore. Made from string literals only.
class LogName {
 public:
  consteval LogName(const char* literal) : text_(literal) {  // NOLINT(google-explicit-constructor)
    if (text_.empty() || text_.size() > 40) throw "a log name has 1 to 40 characters";
    for (const char c : text_) {
      if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'))
        throw "a log name is a-z, 0-9 and _";
    }
  }
  [[nodiscard]] constexpr std::string_view text() const { return text_; }

 private:
  std::string_view text_;
};

/// True for what a text value may be: 1 to 80 of letters, digits and `-._:/[]$`.
[[nodiscard]] bool is_loggable(std::string_view value) noexcept;

/// One field. The value is seen during the call only.
class LogField {
 public:
  LogField(LogName name, std::int64_t value) : name_(name), value_(value) {}
  LogField(LogName name, std::uint64_t value) : name_(name), value_(static_cast<std::int64_t>(value)) {}
  LogField(LogName name, int value) : name_(name), value_(std::int64_t{value}) {}
  LogField(LogName name, unsigned value) : name_(name), value_(std::int64_t{value}) {}
  LogField(LogName name, bool value) : name_(name), value_(value) {}
  LogField(LogName name, std::string_view id) : name_(name), value_(id) {}
  LogField(LogName name, const std::string& id) : name_(name), value_(std::string_view(id)) {}
  LogField(LogName name, const char* id) : name_(name), value_(std::string_view(id)) {}
  /// The code's name only; never the detail.
  LogField(LogName name, fhir::ErrorCode code) : name_(name), value_(fhir::traits(code).name) {}

  [[nodiscard]] std::string_view name() const { return name_.text(); }
  [[nodiscard]] const std::variant<std::int64_t, bool, std::string_view>& value() const { return value_; }

 private:
  LogName name_;
  std::variant<std::int64_t, bool, std::string_view> value_;
};

/// Port. Passed by reference; any thread.
class Log {
 public:
  Log() = default;
  Log(const Log&) = delete;
  Log& operator=(const Log&) = delete;
  virtual ~Log() = default;
  /// Never blocks on the output. Cost: about a microsecond.
  virtual void write(Level level, LogName event, std::initializer_list<LogField> fields = {}) = 0;
};

/// Discards everything.
class NullLog final : public Log {
 public:
  void write(Level level, LogName event, std::initializer_list<LogField> fields) override;
};

/// The line of an event, without line end. What StreamLog writes; tests look at it.
[[nodiscard]] std::string format_line(fhir::Instant time, Level level, LogName event,
                                      std::initializer_list<LogField> fields);

/// Writes to a file descriptor through a bounded queue and one thread. When the queue is full the oldest
/// lines are lost and counted: `{"event":"log_lines_lost","count":...}` follows.
class StreamLog final : public Log {
 public:
  /// Below `level` nothing is written. `clock` outlives it. The descriptor is not closed.
  StreamLog(const fhir::Clock& clock, Level level, int descriptor = 2, std::size_t queue_lines = 8192);
  /// Writes what is queued.
  ~StreamLog() override;
  void write(Level level, LogName event, std::initializer_list<LogField> fields) override;

 private:
  class Sink;
  const fhir::Clock& clock_;
  Level level_;
  std::unique_ptr<Sink> sink_;
};

}  // namespace gateway::observe
