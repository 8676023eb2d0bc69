// core_packer MANIFEST PACKAGE_FOLDER BLOB: packs the official conformance resources into the blob that
// core_blob.cpp embeds.
#include <algorithm>
#include <array>
#include <fstream>
#include <map>
#include <string>
#include <tuple>
#include <vector>
#include <zlib.h>

#include "fhir/definitions/generator/package.hpp"
#include "fhir/definitions/generator/refuse.hpp"
#include "fhir/packages/core_blob.hpp"
#include "fhir/packages/generator/entry_splitter.hpp"

namespace fhir::packages::generator {
namespace {

using definitions::generator::Package;
using definitions::generator::refuse;

// The small forms (.min) of structure definitions lack differentials and mappings.
constexpr std::array kFiles = {
    "profiles-types.json",        "profiles-resources.json", "profiles-others.json",
    "extension-definitions.json", "valuesets.min.json",      "v3-codesystems.min.json",
    "v2-tables.min.json",         "conceptmaps.min.json",    "search-parameters.min.json"};
/// What deflate can look back on.
constexpr std::size_t kDictionaryBytes = 32768;
constexpr std::size_t kSamples = 16;
constexpr std::size_t kSampleBytes = 3000;

std::uint32_t narrow(std::size_t value) {
  if (value > 0xFFFF'FFFFu) refuse("the core resources are over 4 GiB");
  return static_cast<std::uint32_t>(value);
}

/// The beginnings of some resources of the type, evenly taken.
std::string make_dictionary(const std::vector<const CoreResource*>& resources) {
  std::string out;
  const std::size_t step = std::max<std::size_t>(1, resources.size() / kSamples);
  for (std::size_t at = 0; at < resources.size(); at += step)
    out.append(resources[at]->json, 0, kSampleBytes);
  return out.size() > kDictionaryBytes ? out.substr(out.size() - kDictionaryBytes) : out;
}

std::string deflate_text(const std::string& text, const std::string& dictionary) {
  z_stream stream{};
  if (deflateInit(&stream, Z_BEST_COMPRESSION) != Z_OK) refuse("zlib does not start");
  const auto* preset = reinterpret_cast<const Bytef*>(dictionary.data());
  if (deflateSetDictionary(&stream, preset, narrow(dictionary.size())) != Z_OK)
    refuse("zlib refuses the dictionary");
  std::string out(deflateBound(&stream, text.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = narrow(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = narrow(out.size());
  if (deflate(&stream, Z_FINISH) != Z_STREAM_END) refuse("zlib does not finish");
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

class Blob {
 public:
  explicit Blob(std::vector<CoreResource> resources) : resources_(std::move(resources)) {
    std::sort(resources_.begin(), resources_.end(), [](const CoreResource& a, const CoreResource& b) {
      return std::tie(a.url, a.type, b.version) < std::tie(b.url, b.type, a.version);
    });
    for (const CoreResource& resource : resources_)
      by_type_[resource.type].push_back(&resource);
  }

  void write(const std::string& path) {
    header_.type_count = narrow(by_type_.size());
    header_.entry_count = narrow(resources_.size());
    header_.types_offset = sizeof(CoreHeader);
    header_.entries_offset = narrow(sizeof(CoreHeader) + by_type_.size() * sizeof(CoreType));
    bytes_.assign(header_.entries_offset + resources_.size() * sizeof(CoreEntry), '\0');
    std::map<std::string, std::uint32_t> type_ids;
    std::vector<std::string> dictionaries;
    for (const auto& [type, resources] : by_type_) {
      type_ids[type] = narrow(dictionaries.size());
      dictionaries.push_back(make_dictionary(resources));
      const CoreType row{append(type), append(dictionaries.back())};
      put(header_.types_offset, dictionaries.size() - 1, row);
    }
    for (std::size_t at = 0; at < resources_.size(); ++at) {
      const CoreResource& resource = resources_[at];
      const std::uint32_t type = type_ids[resource.type];
      const CoreEntry row{append(resource.url), append(resource.version),
                          append(deflate_text(resource.json, dictionaries[type])),
                          narrow(resource.json.size()), type};
      put(header_.entries_offset, at, row);
    }
    header_.total_bytes = bytes_.size();
    put(0, 0, header_);
    std::ofstream file(path, std::ios::binary | std::ios::trunc);
    file.write(bytes_.data(), static_cast<std::streamsize>(bytes_.size()));
    file.close();
    if (!file) refuse("cannot write " + path);
  }

 private:
  tree::TextRange append(const std::string& text) {
    const tree::TextRange out{narrow(bytes_.size()), narrow(text.size())};
    bytes_ += text;
    return out;
  }
  template <class Row>
  void put(std::size_t offset, std::size_t index, const Row& row) {
    bytes_.replace(offset + index * sizeof row, sizeof row, reinterpret_cast<const char*>(&row), sizeof row);
  }

  std::vector<CoreResource> resources_;
  std::map<std::string, std::vector<const CoreResource*>> by_type_;
  CoreHeader header_;
  std::string bytes_;
};

void pack(const Package& package, const std::string& path) {
  std::vector<CoreResource> resources;
  std::size_t structures = 0;
  for (const char* file : kFiles) {
    for (CoreResource& resource : split_entries(package.bytes_of(file))) {
      if (resource.type.empty() || resource.url.empty())
        refuse(std::string(file) + ": a resource without a URL");
      if (resource.type == "StructureDefinition") ++structures;
      // Six v2 tables carry the version of their content in the URL.
      if (const std::size_t bar = resource.url.find('|'); bar != std::string::npos) {
        resource.version = resource.url.substr(bar + 1);
        resource.url.resize(bar);
      }
      resources.push_back(std::move(resource));
    }
  }
  package.expect_count("core resources", resources.size());
  package.expect_count("core structure definitions", structures);
  Blob(std::move(resources)).write(path);
}

}  // namespace
}  // namespace fhir::packages::generator

int main(int argc, char** argv) {
  if (argc != 4) fhir::definitions::generator::refuse("usage: core_packer MANIFEST PACKAGE_FOLDER BLOB");
  const fhir::definitions::generator::Package package(argv[1], argv[2]);
  fhir::packages::generator::pack(package, argv[3]);
  return 0;
}
