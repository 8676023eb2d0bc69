// The ids of one message's resources (lifecycle: the same message, the same ids).
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "mappings/convert/converter.hpp"
#include "mappings/engine/run.hpp"

namespace mappings::convert {

/// `lgId('message', x)` and `uuid()` belong to this message; every other lgId() to the partner, whatever
/// message names it. One digest gives two ids of a sequence.
class MessageIds final : public engine::IdSource {
 public:
  /// `message` is what repetitions of the message share. References outlive it.
  MessageIds(const KeyedHash& hash, std::string_view partner, std::string_view message)
      : hash_(hash), partner_(partner), message_(message) {}
  [[nodiscard]] std::string id(std::span<const std::string_view> parts) override;

 private:
  [[nodiscard]] std::string sequence(std::string_view number);

  const KeyedHash& hash_;
  std::string_view partner_;
  std::string_view message_;
  std::map<std::string, std::string, std::less<>> known_;
  Digest block_{};
  std::uint32_t block_number_ = 0xFFFF'FFFFu;
};

}  // namespace mappings::convert
