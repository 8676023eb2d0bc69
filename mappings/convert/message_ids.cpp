#include "mappings/convert/message_ids.hpp"

#include <algorithm>
#include <charconv>

#include "fhir/base/uuid.hpp"

namespace mappings::convert {
namespace {

/// Length before text, so that no two lists of parts are the same bytes.
void append_part(std::string& out, std::string_view part) {
  out.append(std::to_string(part.size())).append(":").append(part);
}

std::string uuid_of(const Digest& digest, std::size_t from) {
  std::array<std::uint8_t, 16> bytes{};
  std::copy_n(digest.begin() + static_cast<std::ptrdiff_t>(from), bytes.size(), bytes.begin());
  return fhir::uuid_from_digest(bytes);
}

}  // namespace

std::string MessageIds::id(std::span<const std::string_view> parts) {
  if (parts.size() == 2 && parts[0] == "sequence") return sequence(parts[1]);
  std::string text = "convert";
  append_part(text, partner_);
  if (parts.size() > 1 && parts[1] == "message") append_part(text, message_);
  for (const std::string_view part : parts)
    append_part(text, part);
  const auto found = known_.find(text);
  if (found != known_.end()) return found->second;
  std::string made = uuid_of(hash_(text), 0);
  known_.emplace(std::move(text), made);
  return made;
}

std::string MessageIds::sequence(std::string_view number) {
  std::uint32_t at = 0;
  std::from_chars(number.data(), number.data() + number.size(), at);
  if (block_number_ != at / 2) {
    std::string text = "sequence";
    append_part(text, partner_);
    append_part(text, message_);
    append_part(text, std::to_string(at / 2));
    block_ = hash_(text);
    block_number_ = at / 2;
  }
  return uuid_of(block_, at % 2 * 16);
}

}  // namespace mappings::convert
