#include "fhir/packages/tar_reader.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <string_view>
#include <utility>

namespace fhir::packages {
namespace {

constexpr std::size_t kBlock = 512;
constexpr std::uint64_t kMaxExtensionBytes = 64u << 10;

// Fields of the header (POSIX.1-2017, pax, "ustar Interchange Format").
constexpr std::size_t kNameBytes = 100;
constexpr std::size_t kSizeAt = 124;
constexpr std::size_t kSizeBytes = 12;
constexpr std::size_t kChecksumAt = 148;
constexpr std::size_t kChecksumBytes = 8;
constexpr std::size_t kKindAt = 156;
constexpr std::size_t kMagicAt = 257;
constexpr std::size_t kPrefixAt = 345;
constexpr std::size_t kPrefixBytes = 155;

std::string_view text_field(std::span<const char> block, std::size_t at, std::size_t bytes) {
  const std::string_view field(block.data() + at, bytes);
  return field.substr(0, field.find('\0'));
}

/// An octal field, or one in base 256 (GNU, for sizes over 8 GiB, which no limit allows).
std::optional<std::uint64_t> number_field(std::span<const char> block, std::size_t at, std::size_t bytes) {
  std::string_view field = text_field(block, at, bytes);
  const std::size_t first = field.find_first_not_of(' ');
  if (first == std::string_view::npos) return field.empty() ? std::optional<std::uint64_t>(0) : std::nullopt;
  field.remove_prefix(first);
  field = field.substr(0, field.find(' '));
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(field.data(), field.data() + field.size(), value, 8);
  if (error != std::errc() || end != field.data() + field.size()) return std::nullopt;
  return value;
}

bool checksum_holds(std::span<const char> block) {
  const auto stated = number_field(block, kChecksumAt, kChecksumBytes);
  std::uint64_t sum = 0;
  for (std::size_t at = 0; at < kBlock; ++at) {
    const bool in_field = at >= kChecksumAt && at < kChecksumAt + kChecksumBytes;
    sum += in_field ? static_cast<unsigned char>(' ') : static_cast<unsigned char>(block[at]);
  }
  return stated == sum;
}

std::uint64_t padded(std::uint64_t size) {
  return (size + kBlock - 1) / kBlock * kBlock;
}

/// Empty when the path stays inside; else what is wrong with it.
std::string_view path_fault(std::string_view path) {
  if (path.empty()) return "a member without a name";
  if (path.front() == '/') return "an absolute path";
  if (path.find('\\') != std::string_view::npos || (path.size() > 1 && path[1] == ':'))
    return "a path with a backslash or a drive";
  while (!path.empty()) {
    const std::size_t slash = path.find('/');
    if (path.substr(0, slash) == "..") return "a path with '..'";
    path = slash == std::string_view::npos ? std::string_view() : path.substr(slash + 1);
  }
  return {};
}

/// Without `.` parts and doubled slashes.
std::string plain_path(std::string_view path) {
  std::string out;
  while (!path.empty()) {
    const std::size_t slash = path.find('/');
    const std::string_view part = path.substr(0, slash);
    path = slash == std::string_view::npos ? std::string_view() : path.substr(slash + 1);
    if (part.empty() || part == ".") continue;
    if (!out.empty()) out += '/';
    out += part;
  }
  return out;
}

/// One record of a pax header, `17 path=package/a.json\n`.
struct PaxRecord {
  std::string_view key;
  std::string_view value;
};

std::optional<PaxRecord> next_record(std::string_view& rest) {
  std::size_t length = 0;
  const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), length);
  if (error != std::errc() || length > rest.size()) return std::nullopt;
  const auto digits = static_cast<std::size_t>(end - rest.data());
  if (length < digits + 3 || rest[digits] != ' ' || rest[length - 1] != '\n') return std::nullopt;
  const std::string_view body = rest.substr(digits + 1, length - digits - 2);
  rest.remove_prefix(length);
  const std::size_t equals = body.find('=');
  if (equals == std::string_view::npos) return std::nullopt;
  return PaxRecord{body.substr(0, equals), body.substr(equals + 1)};
}

}  // namespace

Error TarReader::at_member(Error error) const {
  error.detail = "member " + std::to_string(headers_) +
                 (member_.path.empty() ? std::string() : " (" + member_.path + ")") + ": " + error.detail;
  return error;
}

Status TarReader::skip(std::uint64_t bytes) {
  std::array<char, 16 * kBlock> scratch{};
  while (bytes > 0) {
    const std::size_t step = static_cast<std::size_t>(std::min<std::uint64_t>(bytes, scratch.size()));
    const Result<std::size_t> got = source_.read(std::span(scratch).first(step));
    if (!got.has_value()) return fail(at_member(got.error()));
    if (*got != step) return fail(at_member({ErrorCode::kMalformed, "the archive is cut short"}));
    bytes -= step;
  }
  return {};
}

Result<std::string> TarReader::take(std::uint64_t bytes) {
  std::string out;
  // Grown step by step: a stated size is believed only as far as there are bytes.
  constexpr std::size_t kStep = 1u << 20;
  while (out.size() < bytes) {
    const std::size_t before = out.size();
    out.resize(static_cast<std::size_t>(std::min<std::uint64_t>(bytes, before + kStep)));
    const Result<std::size_t> got = source_.read(std::span(out).subspan(before));
    if (!got.has_value()) return fail(at_member(got.error()));
    if (*got != out.size() - before)
      return fail(at_member({ErrorCode::kMalformed, "the archive is cut short"}));
  }
  return out;
}

Status TarReader::extend(char kind, std::uint64_t size) {
  if (size > kMaxExtensionBytes) return fail(at_member({ErrorCode::kTooLarge, "a header over 65536 bytes"}));
  LIGAMENT_TRY(const std::string body, take(size));
  LIGAMENT_CHECK(skip(padded(size) - size));
  if (kind == 'L') long_path_ = body.substr(0, body.find('\0'));
  if (kind != 'x') return {};
  std::string_view rest = body;
  while (!rest.empty() && rest.front() != '\0') {
    const std::optional<PaxRecord> record = next_record(rest);
    if (!record) return fail(at_member({ErrorCode::kMalformed, "a pax header that cannot be read"}));
    if (record->key == "path") long_path_ = std::string(record->value);
    if (record->key == "size") {
      std::uint64_t value = 0;
      const auto [end, error] =
          std::from_chars(record->value.data(), record->value.data() + record->value.size(), value);
      if (error != std::errc() || end != record->value.data() + record->value.size())
        return fail(at_member({ErrorCode::kMalformed, "a pax size that is no number"}));
      long_size_ = value;
    }
  }
  return {};
}

/// Decides on one header: true for a regular file, now in member_.
Result<bool> TarReader::accept(Block header, char kind, std::uint64_t size) {
  std::string path = std::exchange(long_path_, {});
  if (path.empty()) {
    const std::string_view prefix = text_field(header, kPrefixAt, kPrefixBytes);
    const bool is_ustar =
        text_field(header, kMagicAt, 6).substr(0, 5) == "ustar" && header[kMagicAt + 5] == '\0';
    if (is_ustar && !prefix.empty()) path = std::string(prefix) + "/";
    path += text_field(header, 0, kNameBytes);
  }
  size = std::exchange(long_size_, std::nullopt).value_or(size);
  if (const std::string_view fault = path_fault(path);
      !fault.empty() || path.find('\0') != std::string::npos) {
    return fail(
        at_member({ErrorCode::kInvalidRequest, std::string(fault.empty() ? "a NUL in a path" : fault)}));
  }
  member_ = {plain_path(path), size};
  if (kind == '1' || kind == '2') return fail(at_member({ErrorCode::kInvalidRequest, "a link"}));
  if (kind != '0' && kind != '\0' && kind != '7' && kind != '5')
    return fail(at_member({ErrorCode::kInvalidRequest, "neither a file nor a folder"}));
  if (size > limits_.max_plain_bytes) {
    return fail(
        at_member({ErrorCode::kTooLarge, "over " + std::to_string(limits_.max_plain_bytes) + " bytes"}));
  }
  unread_ = kind == '5' ? 0 : padded(size);
  return kind != '5' && !member_.path.empty();
}

Result<std::optional<TarMember>> TarReader::next() {
  for (;;) {
    LIGAMENT_CHECK(skip(std::exchange(unread_, 0)));
    std::array<char, kBlock> header{};
    member_.path.clear();
    ++headers_;
    const Result<std::size_t> got = source_.read(header);
    if (!got.has_value()) return fail(at_member(got.error()));
    if (*got == 0 && headers_ > 1) return std::optional<TarMember>();
    if (*got != kBlock) return fail(at_member({ErrorCode::kMalformed, "not a tar archive, or cut short"}));
    if (std::all_of(header.begin(), header.end(), [](char c) { return c == '\0'; }))
      return std::optional<TarMember>();
    if (headers_ > 2 * limits_.max_files)
      return fail(at_member({ErrorCode::kTooLarge, "over " + std::to_string(limits_.max_files) + " files"}));
    const std::optional<std::uint64_t> size = number_field(header, kSizeAt, kSizeBytes);
    if (!checksum_holds(header) || !size)
      return fail(at_member({ErrorCode::kMalformed, "not a tar header (checksum)"}));
    const char kind = header[kKindAt];
    if (kind == 'x' || kind == 'g' || kind == 'L' || kind == 'K') {
      LIGAMENT_CHECK(extend(kind, *size));
      continue;
    }
    LIGAMENT_TRY(const bool is_file, accept(header, kind, *size));
    if (is_file) return std::optional<TarMember>(member_);
  }
}

Result<std::string> TarReader::content() {
  if (member_.size > limits_.resource.max_bytes) {
    return fail(
        at_member({ErrorCode::kTooLarge, "over " + std::to_string(limits_.resource.max_bytes) + " bytes"}));
  }
  LIGAMENT_TRY(std::string out, take(member_.size));
  unread_ = padded(member_.size) - member_.size;
  return out;
}

}  // namespace fhir::packages
