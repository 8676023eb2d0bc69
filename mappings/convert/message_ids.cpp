#include "mappings/convert/message_ids.hpp"

#include <algorithm>
#include <charconv>
#include <cstring>

#include "fhir/base/uuid.hpp"

namespace mappings::convert {
namespace {

/// Length before text, so that no two lists of parts are the same bytes.
void append_part(std::string& out, std::string_view part) {
  std::array<char, 24> length{};
  char* const end = std::to_chars(length.data(), length.data() + length.size() - 1, part.size()).ptr;
  *end = ':';
  out.append(length.data(), static_cast<std::size_t>(end + 1 - length.data())).append(part);
}

/// One to one on 64 bits (the finaliser of MurmurHash3).
std::uint64_t mix(std::uint64_t x) {
  x ^= x >> 33U;
  x *= 0xFF51AFD7ED558CCDU;
  x ^= x >> 33U;
  x *= 0xC4CEB9FE1A85EC53U;
  return x ^ (x >> 33U);
}

/// FNV-1a.
std::uint64_t short_hash(std::string_view text) {
  std::uint64_t hash = 0xCBF29CE484222325U;
  for (const char c : text)
    hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3U;
  return hash;
}

}  // namespace

MessageIds::MessageIds(const KeyedHash& hash, std::string_view partner, const Digest& message) : hash_(hash) {
  std::memcpy(seed_.data(), message.data(), message.size());
  text_.reserve(256);
  text_.append("convert");
  append_part(text_, partner);
  prefix_ = text_.size();
}

std::string MessageIds::spread(std::uint64_t first, std::uint64_t second) const {
  std::array<std::uint64_t, 2> words{};
  words[0] = mix(mix(seed_[0] ^ first) + seed_[1]);
  words[1] = mix(mix(seed_[2] ^ second) + seed_[3]);
  std::array<std::uint8_t, 16> bytes{};
  std::memcpy(bytes.data(), words.data(), bytes.size());
  return fhir::uuid_from_digest(bytes);
}

std::string MessageIds::id(std::span<const std::string_view> parts) {
  if (parts.size() == 2 && parts[0] == "sequence") {
    std::uint64_t number = 0;
    std::from_chars(parts[1].data(), parts[1].data() + parts[1].size(), number);
    return spread(number, number);
  }
  std::string& text = text_;
  text.resize(prefix_);
  for (const std::string_view part : parts)
    append_part(text, part);
  if (parts.size() > 1 && parts[1] == "message") return spread(short_hash(text), text.size() + (1ULL << 32U));
  const auto found = known_.find(text);
  if (found != known_.end()) return found->second;
  const Digest digest = hash_(text);
  std::array<std::uint8_t, 16> bytes{};
  std::copy_n(digest.begin(), bytes.size(), bytes.begin());
  std::string made = fhir::uuid_from_digest(bytes);
  known_.emplace(text, made);
  return made;
}

}  // namespace mappings::convert
