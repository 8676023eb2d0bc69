#include "gateway/mllp/framer.hpp"

#include <algorithm>
#include <utility>

namespace gateway::mllp {
namespace {

constexpr std::string_view kBlocks("\x0B\x1C", 2);
/// What senders are known to leave around a frame: line ends, NUL, blanks, a byte order mark.
constexpr std::string_view kBlanks("\r\n\0 \t\xEF\xBB\xBF", 8);

bool is_forbidden(char c) {
  return static_cast<unsigned char>(c) < 0x20 && c != '\r' && c != '\n' && c != '\t';
}

}  // namespace

std::optional<Event> Framer::take(std::string_view& unread) {
  while (!unread.empty()) {
    std::optional<Event> event;
    switch (place_) {
      case Place::kBetween: event = take_between(unread); break;
      case Place::kPayload: event = take_payload(unread); break;
      case Place::kEnding: event = take_ending(unread); break;
      case Place::kLost: unread = {}; break;
    }
    if (event) return event;
  }
  return std::nullopt;
}

std::optional<Frame> Framer::end_without_return() {
  if (place_ != Place::kEnding) return std::nullopt;
  return finish(true);
}

std::string Framer::head() const {
  const std::string_view all(payload_);
  return std::string(all.substr(0, std::min(all.find_first_of("\r\n"), limits_.head_bytes)));
}

std::optional<Event> Framer::take_between(std::string_view& unread) {
  const std::size_t start = std::min(unread.find(kStartBlock), unread.size());
  const std::string_view junk = unread.substr(0, start);
  skipped_ += junk.size();
  junk_ += junk.size();
  const bool stranger = !any_frame_ && junk.find_first_not_of(kBlanks) != std::string_view::npos;
  if (stranger || junk_ > limits_.junk_bytes) {
    unread = {};
    return lose(Breach::kNotMllp);
  }
  unread.remove_prefix(start);
  if (unread.empty()) return std::nullopt;
  unread.remove_prefix(1);
  begin();
  return std::nullopt;
}

std::optional<Event> Framer::take_payload(std::string_view& unread) {
  const std::size_t block = std::min(unread.find_first_of(kBlocks), unread.size());
  const bool fits = append(unread.substr(0, block));
  unread.remove_prefix(block);
  if (!fits) return lose(Breach::kOversize);
  if (unread.empty()) return std::nullopt;
  const char found = unread.front();
  unread.remove_prefix(1);
  if (found == kEndBlock) {
    place_ = Place::kEnding;
    return std::nullopt;
  }
  Violation abandoned{Breach::kAbandoned, head()};
  begin();
  return abandoned;
}

std::optional<Event> Framer::take_ending(std::string_view& unread) {
  if (unread.front() == kReturn) {
    unread.remove_prefix(1);
    return finish(false);
  }
  if (unread.front() == kStartBlock) return finish(true);
  place_ = Place::kPayload;
  if (!append(std::string_view(&kEndBlock, 1))) return lose(Breach::kOversize);
  return std::nullopt;
}

bool Framer::append(std::string_view bytes) {
  const std::size_t room = limits_.payload_bytes - payload_.size();
  const std::string_view kept = bytes.substr(0, room);
  if (!forbidden_at_) {
    const auto found = std::find_if(kept.begin(), kept.end(), is_forbidden);
    if (found != kept.end()) forbidden_at_ = payload_.size() + static_cast<std::size_t>(found - kept.begin());
  }
  payload_.append(kept);
  return kept.size() == bytes.size();
}

void Framer::begin() {
  place_ = Place::kPayload;
  any_frame_ = true;
  junk_ = 0;
  payload_.clear();
  forbidden_at_.reset();
}

Frame Framer::finish(bool return_missing) {
  place_ = Place::kBetween;
  Frame frame{std::move(payload_), return_missing, forbidden_at_};
  payload_.clear();
  return frame;
}

Violation Framer::lose(Breach breach) {
  place_ = Place::kLost;
  Violation violation{breach, head()};
  payload_ = {};
  return violation;
}

std::string wrap(std::string_view payload) {
  std::string frame;
  frame.reserve(payload.size() + 3);
  frame += kStartBlock;
  frame += payload;
  frame += kEndBlock;
  frame += kReturn;
  return frame;
}

bool can_wrap(std::string_view payload) noexcept {
  return payload.find_first_of(kBlocks) == std::string_view::npos;
}

}  // namespace gateway::mllp
