#include "gateway/partner/body_folder.hpp"

#include <filesystem>
#include <fstream>
#include <system_error>

namespace gateway::partner {
namespace {

constexpr std::size_t kDigits = 6;

std::string_view ending(std::string_view media_type) {
  if (media_type.find("json") != std::string_view::npos) return ".json";
  if (media_type.find("xml") != std::string_view::npos) return ".xml";
  if (media_type.find("hl7-v2") != std::string_view::npos) return ".hl7";
  return ".bin";
}

}  // namespace

fhir::Result<BodyFolder> BodyFolder::open(std::string path) {
  std::error_code error;
  std::filesystem::create_directories(path, error);
  if (error) return fhir::fail(fhir::ErrorCode::kUnavailable, "cannot make the folder " + path);
  return BodyFolder(std::move(path));
}

std::string BodyFolder::keep(std::string_view what, std::string_view body, std::string_view media_type) {
  if (body.empty()) return {};
  std::string name = std::to_string(++count_);
  if (name.size() < kDigits) name.insert(0, kDigits - name.size(), '0');
  name.append("-").append(what).append(ending(media_type));
  std::ofstream out(std::filesystem::path(path_) / name, std::ios::binary | std::ios::trunc);
  out.write(body.data(), static_cast<std::streamsize>(body.size()));
  return out.good() ? name : std::string();
}

}  // namespace gateway::partner
