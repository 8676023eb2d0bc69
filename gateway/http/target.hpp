// The target of a request: the path as decoded segments and the query as decoded pairs (RFC 9112 3.2.1, RFC
// 3986).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fhir/base/result.hpp"

namespace gateway::http {

/// Decoded strictly and once. `/ServiceRequest/ab?status=active` has segments {"ServiceRequest", "ab"} and
/// query {{"status", "active"}}.
class Target {
 public:
  static constexpr std::size_t kMaxBytes = 8 * 1024;
  static constexpr std::size_t kMaxSegments = 32;
  static constexpr std::size_t kMaxQueryPairs = 200;

  Target() = default;

  /// Reads the origin form `/path?query`. One trailing slash is allowed and dropped. kInvalidRequest for
  /// another form, a bad percent escape, an empty, `.` or `..` segment, a control character or NUL (also
  /// escaped), a fragment, text that is not UTF-8; kTooLarge over the bounds. `+` is a space in the query
  /// only.
  [[nodiscard]] static fhir::Result<Target> parse(std::string_view origin_form);

  /// The reverse: from decoded parts, for requests we send.
  [[nodiscard]] static Target of(std::vector<std::string> segments,
                                 std::vector<std::pair<std::string, std::string>> query = {});

  [[nodiscard]] const std::vector<std::string>& segments() const noexcept { return segments_; }
  [[nodiscard]] const std::vector<std::pair<std::string, std::string>>& query() const noexcept {
    return query_;
  }
  /// The first value of a query parameter.
  [[nodiscard]] std::optional<std::string_view> query_value(std::string_view name) const noexcept;
  /// The origin form, escaped.
  [[nodiscard]] std::string to_text() const;

 private:
  std::vector<std::string> segments_;
  std::vector<std::pair<std::string, std::string>> query_;
};

/// Every byte but unreserved characters (RFC 3986 2.3) as %XX.
[[nodiscard]] std::string percent_encode(std::string_view text);
/// kInvalidRequest when a % is not followed by two hexadecimal digits.
[[nodiscard]] fhir::Result<std::string> percent_decode(std::string_view text);

}  // namespace gateway::http
