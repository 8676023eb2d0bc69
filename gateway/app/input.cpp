#include "gateway/app/input.hpp"

#include <cstdio>
#include <fstream>
#include <iostream>
#include <iterator>

#include "fhir/definitions/definitions.hpp"
#include "fhir/json/reader.hpp"
#include "fhir/xml/reader.hpp"

namespace gateway::app {
namespace {

// Larger than any message a door takes: files on the command line may be bundles for bulk work.
constexpr std::size_t kMaxFileBytes = 256u << 20u;

fhir::Result<std::string> read_all(std::istream& stream, const std::string& name) {
  std::string bytes;
  char buffer[64 * 1024];
  while (stream.read(buffer, sizeof buffer) || stream.gcount() > 0) {
    bytes.append(buffer, static_cast<std::size_t>(stream.gcount()));
    if (bytes.size() > kMaxFileBytes)
      return fhir::fail(fhir::ErrorCode::kTooLarge, name + " is over 256 MiB");
  }
  if (stream.bad()) return fhir::fail(fhir::ErrorCode::kNotFound, "cannot read " + name);
  return bytes;
}

fhir::ReadLimits file_limits() {
  fhir::ReadLimits limits;
  limits.max_bytes = kMaxFileBytes;
  limits.max_nodes = 50'000'000;
  limits.max_members = 1'000'000;
  return limits;
}

}  // namespace

fhir::Result<std::string> read_file(const std::string& path) {
  if (path == "-") return read_all(std::cin, "standard input");
  std::ifstream file(path, std::ios::binary);
  if (!file) return fhir::fail(fhir::ErrorCode::kNotFound, "cannot open " + path);
  return read_all(file, path);
}

Syntax detect_syntax(std::string_view bytes) noexcept {
  if (bytes.starts_with("\xEF\xBB\xBF")) bytes.remove_prefix(3);
  const std::size_t first = bytes.find_first_not_of(" \t\r\n");
  return first != std::string_view::npos && bytes[first] == '<' ? Syntax::kXml : Syntax::kJson;
}

fhir::tree::ReadOutcome read_resource(std::string_view bytes) {
  return detect_syntax(bytes) == Syntax::kXml
             ? fhir::xml::read(bytes, fhir::definitions::r4(), file_limits())
             : fhir::json::read(bytes, fhir::definitions::r4(), file_limits());
}

}  // namespace gateway::app
