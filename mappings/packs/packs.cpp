#include "mappings/packs/packs.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>

namespace mappings::packs {
namespace {

namespace fs = std::filesystem;

constexpr std::array kFiles = {
#include "pack_files.inc"
};

constexpr std::uintmax_t kMaxBytes = 4u << 20;

bool is_pack_file(const std::string& name) {
  return name.ends_with(".map") || name.ends_with(".conceptmap.json");
}

fhir::Result<std::string> read_bounded(const fs::path& file, const std::string& name) {
  std::error_code error;
  const std::uintmax_t size = fs::file_size(file, error);
  if (error) return fhir::fail(fhir::ErrorCode::kNotFound, name + " cannot be read");
  if (size > kMaxBytes) return fhir::fail(fhir::ErrorCode::kTooLarge, name + " is over 4 MiB");
  std::ifstream in(file, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  if (!in.eof() && in.fail()) return fhir::fail(fhir::ErrorCode::kNotFound, name + " cannot be read");
  return text;
}

void put(std::vector<OwnedPackFile>& files, OwnedPackFile file) {
  const auto place = std::ranges::lower_bound(files, file.name, {}, &OwnedPackFile::name);
  if (place != files.end() && place->name == file.name) {
    place->text = std::move(file.text);
  } else {
    files.insert(place, std::move(file));
  }
}

}  // namespace

std::span<const PackFile> builtin_packs() noexcept {
  return kFiles;
}

fhir::Result<std::vector<OwnedPackFile>> load_packs(const std::string& folder) {
  std::vector<OwnedPackFile> files;
  for (const PackFile& file : kFiles)
    put(files, {std::string(file.name), std::string(file.text)});
  if (folder.empty()) return files;
  std::error_code error;
  fs::recursive_directory_iterator entries(folder, error);
  if (error) return fhir::fail(fhir::ErrorCode::kNotFound, folder + " is no folder that can be read");
  bool found = false;
  for (; entries != fs::recursive_directory_iterator(); entries.increment(error)) {
    if (error) return fhir::fail(fhir::ErrorCode::kNotFound, folder + " cannot be read whole");
    std::string name = entries->path().lexically_relative(folder).generic_string();
    if (!entries->is_regular_file(error) || !is_pack_file(name)) continue;
    LIGAMENT_TRY(std::string text, read_bounded(entries->path(), name));
    found = true;
    put(files, {std::move(name), std::move(text)});
  }
  if (!found) return fhir::fail(fhir::ErrorCode::kMalformed, folder + " holds no map and no code table");
  return files;
}

}  // namespace mappings::packs
