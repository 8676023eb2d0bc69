// Reads a tar archive (POSIX ustar, with pax and GNU long names) as a stream.
//
//   TarReader tar(source, limits);
//   for (;;) {
//     LIGAMENT_TRY(const std::optional<TarMember> member, tar.next());
//     if (!member) break;
//     LIGAMENT_TRY(std::string bytes, tar.content());   // or go on: what is not read is passed over
//   }
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "fhir/base/result.hpp"
#include "fhir/packages/byte_source.hpp"
#include "fhir/packages/package_limits.hpp"

namespace fhir::packages {

/// A regular file of the archive.
struct TarMember {
  std::string path;  ///< Relative, `/` between its parts, none of them `..` or empty.
  std::uint64_t size = 0;
};

/// Every error names the member it was found at. kMalformed: not a tar archive, a wrong checksum, cut short.
/// kInvalidRequest: an absolute path, one with `..`, a link, a device. kTooLarge: over a limit. Not
/// thread-safe.
class TarReader {
 public:
  /// `source` outlives the reader.
  TarReader(ByteSource& source, const PackageLimits& limits) : source_(source), limits_(limits) {}

  /// The next regular file, or nothing at the end. Folders are passed over.
  [[nodiscard]] Result<std::optional<TarMember>> next();
  /// The bytes of the member next() gave; once. kTooLarge when they are over limits.resource.max_bytes.
  [[nodiscard]] Result<std::string> content();

 private:
  using Block = std::span<const char, 512>;
  [[nodiscard]] Status skip(std::uint64_t bytes);
  [[nodiscard]] Result<std::string> take(std::uint64_t bytes);
  [[nodiscard]] Status extend(char kind, std::uint64_t size);
  [[nodiscard]] Result<bool> accept(Block header, char kind, std::uint64_t size);
  [[nodiscard]] Error at_member(Error error) const;

  ByteSource& source_;
  const PackageLimits& limits_;
  TarMember member_;
  std::uint64_t unread_ = 0;  ///< Of the member's content, with its padding.
  std::string long_path_;     ///< Given by an extension header for the next member.
  std::optional<std::uint64_t> long_size_;
  std::size_t headers_ = 0;
};

}  // namespace fhir::packages
