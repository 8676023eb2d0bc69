#include "fhir/packages/package_reader.hpp"

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <optional>
#include <system_error>
#include <utility>
#include <vector>

#include "fhir/packages/byte_source.hpp"
#include "fhir/packages/tar_reader.hpp"

namespace fhir::packages {
namespace {

namespace fs = std::filesystem;

Result<std::string> read_file(const fs::path& path, std::uint64_t max_bytes) {
  std::error_code error;
  const std::uint64_t size = fs::file_size(path, error);
  if (error) return fail(ErrorCode::kUnavailable, path.string() + ": " + error.message());
  if (size > max_bytes)
    return fail(ErrorCode::kTooLarge, path.string() + " is over " + std::to_string(max_bytes) + " bytes");
  std::ifstream file(path, std::ios::binary);
  std::string out(static_cast<std::size_t>(size), '\0');
  file.read(out.data(), static_cast<std::streamsize>(out.size()));
  if (!file) return fail(ErrorCode::kUnavailable, path.string() + " cannot be read");
  return out;
}

bool is_archive(std::string_view bytes) {
  constexpr std::size_t kMagicAt = 257;
  return is_gzip(bytes) || (bytes.size() > kMagicAt + 5 && bytes.substr(kMagicAt, 5) == "ustar");
}

/// The files of a folder and its folders that are worth reading, in the order of their paths.
Result<std::vector<fs::path>> list_files(const fs::path& folder, const PackageLimits& limits,
                                         IssueList& issues) {
  std::vector<fs::path> out;
  std::error_code error;
  fs::recursive_directory_iterator at(folder, error);
  std::size_t seen = 0;
  for (; !error && at != fs::recursive_directory_iterator(); at.increment(error)) {
    if (++seen > limits.max_files) {
      return fail(ErrorCode::kTooLarge, folder.string() + " holds over " + std::to_string(limits.max_files) +
                                            " files, at " + at->path().string());
    }
    std::error_code ignored;
    if (at->is_symlink(ignored)) {
      issues.add(Severity::kWarning, IssueType::kSecurity, {},
                 at->path().string() + ": a link was passed over");
      continue;
    }
    if (at->is_directory(ignored)) {
      if (static_cast<std::uint32_t>(at.depth()) + 1 >= limits.max_depth) at.disable_recursion_pending();
      continue;
    }
    if (at->is_regular_file(ignored) &&
        Collector::wants(at->path().lexically_relative(folder).generic_string()))
      out.push_back(at->path());
  }
  if (error) return fail(ErrorCode::kUnavailable, folder.string() + ": " + error.message());
  std::sort(out.begin(), out.end());
  return out;
}

Status read_folder(const fs::path& folder, const PackageLimits& limits, Collector& collector,
                   IssueList& issues) {
  LIGAMENT_TRY(const std::vector<fs::path> files, list_files(folder, limits, issues));
  std::uint64_t total = 0;
  for (const fs::path& file : files) {
    Result<std::string> bytes = read_file(file, limits.resource.max_bytes);
    if (!bytes.has_value()) {
      collector.pass_over(file.lexically_relative(folder).generic_string(), bytes.error().detail);
      continue;
    }
    total += bytes->size();
    if (total > limits.max_plain_bytes) {
      return fail(ErrorCode::kTooLarge, folder.string() + ": at " + file.string() + " its files pass " +
                                            std::to_string(limits.max_plain_bytes) + " bytes");
    }
    LIGAMENT_CHECK(
        collector.take(file.lexically_relative(folder).generic_string(), std::move(bytes).value()));
  }
  return {};
}

}  // namespace

Status read_archive(std::string_view bytes, const PackageLimits& limits, Collector& collector) {
  const std::unique_ptr<ByteSource> source = open_bytes(bytes, limits.max_plain_bytes);
  TarReader tar(*source, limits);
  std::size_t files = 0;
  for (;;) {
    LIGAMENT_TRY(const std::optional<TarMember> member, tar.next());
    if (!member) return {};
    if (++files > limits.max_files) {
      return fail(ErrorCode::kTooLarge,
                  "over " + std::to_string(limits.max_files) + " files, at " + member->path);
    }
    if (!Collector::wants(member->path)) continue;
    if (member->size > limits.resource.max_bytes) {
      collector.pass_over(member->path, "over " + std::to_string(limits.resource.max_bytes) + " bytes");
      continue;
    }
    LIGAMENT_TRY(std::string content, tar.content());
    LIGAMENT_CHECK(collector.take(member->path, std::move(content)));
  }
}

Status read_package(const std::string& path, const PackageLimits& limits, Collector& collector,
                    IssueList& issues) {
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  if (!fs::exists(status)) return fail(ErrorCode::kNotFound, path + ": there is no such file or folder");
  if (fs::is_directory(status)) return read_folder(path, limits, collector, issues);
  if (!fs::is_regular_file(status))
    return fail(ErrorCode::kUnavailable, path + " is neither a file nor a folder");
  LIGAMENT_TRY(std::string bytes, read_file(path, limits.max_archive_bytes));
  if (is_archive(bytes)) {
    Status done = read_archive(bytes, limits, collector);
    if (done.has_value()) return done;
    return fail(done.error().code, path + ": " + done.error().detail);
  }
  if (bytes.size() > limits.resource.max_bytes) {
    return fail(ErrorCode::kTooLarge,
                path + " is over " + std::to_string(limits.resource.max_bytes) + " bytes");
  }
  return collector.take(fs::path(path).filename().string(), std::move(bytes));
}

}  // namespace fhir::packages
