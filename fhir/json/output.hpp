// The bytes a writer makes, before they become a string of exactly their size.
#pragma once

#include <array>
#include <cstddef>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>

#include "fhir/tree/tree.hpp"

namespace fhir::json {

/// Most elements fit the room inside, so that nothing is allocated for them. Not thread-safe.
class Output {
 public:
  Output() = default;
  Output(const Output&) = delete;
  Output& operator=(const Output&) = delete;

  void put(char c) {
    need(1);
    *at_++ = c;
  }
  void put(std::string_view text) {
    need(text.size());
    std::memcpy(at_, text.data(), text.size());
    at_ += text.size();
  }
  void fill(std::size_t count, char c) {
    need(count);
    std::memset(at_, c, count);
    at_ += count;
  }
  /// `text` in quotes, escaped as value_text.hpp says.
  void put_string(std::string_view text);
  /// A value as value_text.hpp says.
  void put_value(tree::ValueKind kind, std::string_view text);

  void append_to(std::string& out) const { out.append(begin_, at_); }

 private:
  void need(std::size_t count) {
    if (static_cast<std::size_t>(end_ - at_) < count) grow(count);
  }
  void grow(std::size_t count);

  std::array<char, 4096> inside_;
  std::unique_ptr<char[]> outside_;
  char* begin_ = inside_.data();
  char* at_ = begin_;
  char* end_ = begin_ + inside_.size();
};

}  // namespace fhir::json
