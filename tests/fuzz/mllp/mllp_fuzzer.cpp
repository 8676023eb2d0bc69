// Any bytes: the framer gives the same events however they are cut, within its bounds, and what it gives as a
// clean payload it reads back from a frame of ours.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "gateway/mllp/framer.hpp"

namespace {

using gateway::mllp::Frame;
using gateway::mllp::Framer;
using gateway::mllp::FramerLimits;
using gateway::mllp::Violation;

constexpr FramerLimits kLimits{.payload_bytes = 64, .junk_bytes = 16, .head_bytes = 8};

void require(bool holds) {
  if (!holds) std::abort();
}

void check_reads_back(const std::string& payload) {
  if (!gateway::mllp::can_wrap(payload)) return;
  const std::string frame = gateway::mllp::wrap(payload);
  Framer framer(kLimits);
  std::string_view unread = frame;
  const auto event = framer.take(unread);
  require(event.has_value() && unread.empty());
  const auto* again = std::get_if<Frame>(&*event);
  require(again != nullptr && again->payload == payload && !again->return_missing);
}

void note(std::string& events, const Frame& frame) {
  require(frame.payload.size() <= kLimits.payload_bytes);
  require(frame.payload.find('\x0B') == std::string::npos);
  require(!frame.forbidden_at || *frame.forbidden_at < frame.payload.size());
  events += frame.return_missing ? 'f' : 'F';
  events += frame.payload;
  check_reads_back(frame.payload);
}

/// All events of `bytes`, cut by what they are: each piece is 1 to `longest` bytes.
std::string events_of(std::string_view bytes, std::size_t longest) {
  Framer framer(kLimits);
  std::string events;
  std::size_t turn = 0;
  while (!bytes.empty()) {
    const std::size_t size = std::min(bytes.size(), 1 + turn++ % longest);
    std::string_view unread = bytes.substr(0, size);
    bytes.remove_prefix(size);
    while (const auto event = framer.take(unread)) {
      if (const auto* frame = std::get_if<Frame>(&*event)) {
        note(events, *frame);
        continue;
      }
      const auto& violation = std::get<Violation>(*event);
      require(violation.head.size() <= kLimits.head_bytes);
      events += static_cast<char>('0' + static_cast<int>(violation.breach));
      events += violation.head;
    }
    require(unread.empty());
    require(framer.held() <= kLimits.payload_bytes);
  }
  if (const auto frame = framer.end_without_return()) note(events, *frame);
  return events;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view source(reinterpret_cast<const char*>(bytes), size);
  const std::string one_by_one = events_of(source, 1);
  require(events_of(source, 7) == one_by_one);
  require(events_of(source, 4096) == one_by_one);
  return 0;
}
