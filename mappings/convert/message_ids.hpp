// The ids of one message's resources: the same message, the same ids.
#pragma once

#include <array>
#include <map>
#include <string>
#include <string_view>

#include "mappings/convert/converter.hpp"
#include "mappings/engine/run.hpp"

namespace mappings::convert {

/// `lgId('message', x)` and `uuid()` belong to this message: they are spread out of its digest, which is
/// keyed, and so cannot be told from the content. Every other lgId() is a keyed digest over the partner and
/// the parts, whatever message names them.
class MessageIds final : public engine::IdSource {
 public:
  /// `message` is what repetitions of the message share. References outlive it.
  MessageIds(const KeyedHash& hash, std::string_view partner, const Digest& message);
  [[nodiscard]] std::string id(std::span<const std::string_view> parts) override;

 private:
  [[nodiscard]] std::string spread(std::uint64_t first, std::uint64_t second) const;

  const KeyedHash& hash_;
  std::string text_;  ///< What an id is made of: the partner, and the parts of the id asked for last.
  std::size_t prefix_ = 0;
  std::array<std::uint64_t, 4> seed_{};
  std::map<std::string, std::string, std::less<>> known_;
};

}  // namespace mappings::convert
