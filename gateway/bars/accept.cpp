// Accept: media ranges with quality and a version parameter (RFC 9110, 12.5.1; the national API's
// `version=`).
#include <algorithm>
#include <charconv>

#include "gateway/bars/message_headers.hpp"

namespace gateway::bars {
namespace {

constexpr std::size_t kMaxAcceptBytes = 1024;
constexpr int kFullQuality = 1000;

std::string_view trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t'))
    text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t'))
    text.remove_suffix(1);
  return text;
}

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return out;
}

std::string_view take(std::string_view& rest, char separator) {
  const std::size_t at = rest.find(separator);
  const std::string_view part = rest.substr(0, at);
  rest = at == std::string_view::npos ? std::string_view() : rest.substr(at + 1);
  return trim(part);
}

/// One media range.
struct Range {
  std::optional<MediaType> type;  ///< Empty: nothing we speak.
  std::string version;
  int quality = kFullQuality;  ///< In thousandths.
};

std::optional<MediaType> media_type(std::string_view text) {
  const std::string name = lower(text);
  if (name == "application/fhir+json" || name == "application/json" || name == "*/*" ||
      name == "application/*")
    return MediaType::kJson;
  if (name == "application/fhir+xml" || name == "application/xml") return MediaType::kXml;
  return std::nullopt;
}

int quality(std::string_view text) {
  if (text == "0") return 0;
  if (!text.starts_with("0.")) return kFullQuality;
  std::string digits(text.substr(2, 3));
  digits.resize(3, '0');
  int value = kFullQuality;
  std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return value;
}

Range parse_range(std::string_view text) {
  Range range;
  range.type = media_type(take(text, ';'));
  while (!text.empty()) {
    std::string_view value = take(text, ';');
    const std::string name = lower(take(value, '='));
    if (value.size() >= 2 && value.front() == '"' && value.back() == '"')
      value = value.substr(1, value.size() - 2);
    if (name == "version") range.version = value;
    if (name == "q") range.quality = quality(value);
  }
  return range;
}

/// The newest of our versions that `asked` means: itself, or `1.2` for any 1.2.x, or any when empty.
const std::string* find_version(std::string_view asked, const HeaderPolicy& policy) {
  const auto fits = [&](const std::string& ours) {
    return asked.empty() || ours == asked ||
           (ours.size() > asked.size() && ours.starts_with(asked) && ours[asked.size()] == '.');
  };
  const auto found = std::find_if(policy.versions.rbegin(), policy.versions.rend(), fits);
  return found == policy.versions.rend() ? nullptr : &*found;
}

}  // namespace

tl::expected<Acceptable, Refusal> evaluate_accept(std::string_view accept, const HeaderPolicy& policy) {
  if (accept.size() > kMaxAcceptBytes) {
    return tl::unexpected(
        refusal(Rec::kNotAcceptable, fhir::IssueType::kProcessing, {}, "the Accept header is too long"));
  }
  std::optional<Acceptable> best;
  int best_quality = 0;
  std::string_view rest = trim(accept).empty() ? std::string_view("*/*") : accept;
  while (!rest.empty()) {
    const Range range = parse_range(take(rest, ','));
    const std::string* version = find_version(range.version, policy);
    if (!range.type || version == nullptr || range.quality <= best_quality) continue;
    best = Acceptable{*range.type, *version};
    best_quality = range.quality;
  }
  if (best) return *best;
  return tl::unexpected(
      refusal(Rec::kNotAcceptable, fhir::IssueType::kProcessing, {},
              "Accept names no media type and version served here; application/fhir+json or "
              "application/fhir+xml with a served version"));
}

}  // namespace gateway::bars
