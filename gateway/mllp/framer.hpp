// Frames out of bytes: 0x0B, payload, 0x1C 0x0D (HL7 minimal lower layer protocol, release 1).
//
// A pure value without input or output of its own. Senders differ, so it takes more than the standard writes:
//
//   bytes between frames          skipped and counted, within a bound
//   no 0x0D after 0x1C            the frame ends when 0x0B follows, or when its owner saw nothing follow
//   0x0B inside a frame           the frame begun is given up, another begins
//   0x1C inside a payload         stays in it: only 0x1C 0x0D ends a frame
//   another protocol              ends it: the first byte that is neither blank nor a start shows that
//
//   Framer framer({.payload_bytes = 1u << 20});
//   std::string_view unread = what_came;
//   while (auto event = framer.take(unread)) ...;   // and read more when there is none
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace gateway::mllp {

inline constexpr char kStartBlock = 0x0B;
inline constexpr char kEndBlock = 0x1C;
inline constexpr char kReturn = 0x0D;

struct Frame {
  std::string payload;
  bool return_missing = false;  ///< It ended with 0x1C alone.
  /// Offset of the first byte that no payload may hold: below 0x20, but for CR, LF and TAB.
  std::optional<std::size_t> forbidden_at;
};

enum class Breach : std::uint8_t {
  kAbandoned,  ///< A new frame began inside one. Reading goes on with the new one.
  kOversize,   ///< The payload is over the limit. Nothing more is read.
  kNotMllp,    ///< No frame starts where one should. Nothing more is read.
};

struct Violation {
  Breach breach;
  /// The first line of what came of the payload, at most `FramerLimits::head_bytes`: who sent it and what it
  /// was. Empty for kNotMllp.
  std::string head;
};

using Event = std::variant<Frame, Violation>;

struct FramerLimits {
  std::size_t payload_bytes = 16u << 20;
  std::size_t junk_bytes = 256;  ///< Between two frames. Before the first one only blanks are skipped.
  std::size_t head_bytes = 4096;
};

/// One direction of one connection. Memory: one payload.
class Framer {
 public:
  explicit Framer(FramerLimits limits = {}) : limits_(limits) {}

  /// Takes bytes from the front of `unread` until something is complete; nothing when they were all taken
  /// before. After kOversize and kNotMllp it takes and drops everything. Linear in the bytes taken.
  [[nodiscard]] std::optional<Event> take(std::string_view& unread);

  /// Nothing followed a 0x1C: the frame it ends, if any.
  [[nodiscard]] std::optional<Frame> end_without_return();

  /// A frame has begun and is not over.
  [[nodiscard]] bool inside() const noexcept { return place_ == Place::kPayload || place_ == Place::kEnding; }
  /// Only the last byte is missing, or 0x1C was part of the payload: the next byte tells.
  [[nodiscard]] bool awaits_return() const noexcept { return place_ == Place::kEnding; }
  /// Payload bytes held.
  [[nodiscard]] std::size_t held() const noexcept { return payload_.size(); }
  /// The first line of the payload held, as in Violation.
  [[nodiscard]] std::string head() const;
  /// Bytes skipped between frames, ever.
  [[nodiscard]] std::uint64_t skipped() const noexcept { return skipped_; }

 private:
  enum class Place : std::uint8_t { kBetween, kPayload, kEnding, kLost };

  [[nodiscard]] std::optional<Event> take_between(std::string_view& unread);
  [[nodiscard]] std::optional<Event> take_payload(std::string_view& unread);
  [[nodiscard]] std::optional<Event> take_ending(std::string_view& unread);
  [[nodiscard]] bool append(std::string_view bytes);
  [[nodiscard]] Frame finish(bool return_missing);
  [[nodiscard]] Violation lose(Breach breach);
  void begin();

  FramerLimits limits_;
  Place place_ = Place::kBetween;
  bool any_frame_ = false;
  std::size_t junk_ = 0;
  std::uint64_t skipped_ = 0;
  std::string payload_;
  std::optional<std::size_t> forbidden_at_;
};

/// The frame of a payload: one string, so that it leaves in one write.
[[nodiscard]] std::string wrap(std::string_view payload);
/// True when `payload` has neither of the two block characters, so that any reader finds its end.
[[nodiscard]] bool can_wrap(std::string_view payload) noexcept;

}  // namespace gateway::mllp
