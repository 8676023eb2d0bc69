// Bytes read one stretch after another: of memory, or of a gzip stream in memory.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>

#include "fhir/base/result.hpp"

namespace fhir::packages {

/// Not thread-safe.
class ByteSource {
 public:
  ByteSource() = default;
  ByteSource(const ByteSource&) = delete;
  ByteSource& operator=(const ByteSource&) = delete;
  virtual ~ByteSource() = default;
  /// Fills `to` as far as there are bytes and gives their number; less than asked for only at the end.
  [[nodiscard]] virtual Result<std::size_t> read(std::span<char> to) = 0;
};

/// True for the first bytes of a gzip stream (RFC 1952).
[[nodiscard]] bool is_gzip(std::string_view bytes) noexcept;

/// `bytes` as they are, or inflated when they are gzip; they outlive the source. Giving over `max_bytes` is
/// kTooLarge, damaged gzip is kMalformed.
[[nodiscard]] std::unique_ptr<ByteSource> open_bytes(std::string_view bytes, std::size_t max_bytes);

}  // namespace fhir::packages
