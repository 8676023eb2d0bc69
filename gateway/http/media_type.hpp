// Media types and the choice among them (RFC 9110 8.3, 12.5.1; FHIR R4 3.1.0.1.10; BaRS `version` parameter).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fhir/base/result.hpp"
#include "gateway/http/message.hpp"

namespace gateway::http {

/// `application/fhir+json; version=1.1.0`. Type, subtype and parameter names in lower case, values as given,
/// unquoted.
struct MediaType {
  std::string type;
  std::string subtype;
  std::vector<std::pair<std::string, std::string>> parameters;

  [[nodiscard]] std::optional<std::string_view> parameter(std::string_view name) const noexcept;
};

/// kInvalidRequest when the text is not one media type, or a parameter is repeated.
[[nodiscard]] fhir::Result<MediaType> parse_media_type(std::string_view text);

/// One element of an Accept field. `weight` in thousandths, 0 means "not acceptable".
struct AcceptRange {
  MediaType range;  ///< `*` allowed as type and subtype.
  int weight = 1000;
};
/// At most 32 ranges. kInvalidRequest when malformed.
[[nodiscard]] fhir::Result<std::vector<AcceptRange>> parse_accept(std::string_view text);

/// The two formats FHIR resources are sent in here.
enum class Format : std::uint8_t { kJson, kXml };

/// `application/fhir+json`, `application/fhir+xml`.
[[nodiscard]] std::string_view content_type(Format format) noexcept;
/// Also `application/json`, `text/json`, `application/xml`, `text/xml`. Empty for another type.
[[nodiscard]] std::optional<Format> format_of(const MediaType& type) noexcept;

/// The format of the answer: `_format` (also the short forms json and xml), else the best of Accept, else
/// JSON. kUnsupported when the caller accepts neither: the answer is 406. A `+` in `_format` may arrive as a
/// space and is taken for what it was.
[[nodiscard]] fhir::Result<Format> answer_format(const Request& request);

/// What Content-Type says about the body.
struct BodyType {
  Format format = Format::kJson;
  std::optional<std::string> version;  ///< The BaRS `version` parameter, `1.1.0`.
};
/// kUnsupported for another type, a charset other than UTF-8, or no Content-Type: the answer is 415.
[[nodiscard]] fhir::Result<BodyType> body_type(const Request& request);

}  // namespace gateway::http
