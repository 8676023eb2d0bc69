#include "fhir/definitions/generator/package.hpp"

#include <array>
#include <fstream>
#include <iterator>
#include <openssl/evp.h>
#include <utility>

#include "fhir/definitions/generator/refuse.hpp"

namespace fhir::definitions::generator {
namespace {

std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) refuse("cannot read " + path);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

rapidjson::Document parse(const std::string& path, const std::string& bytes) {
  rapidjson::Document document;
  document.Parse<rapidjson::kParseNumbersAsStringsFlag>(bytes.data(), bytes.size());
  if (document.HasParseError() || !document.IsObject()) refuse(path + " is not a JSON object");
  return document;
}

std::string sha256_hex(const std::string& bytes) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int length = 0;
  if (EVP_Digest(bytes.data(), bytes.size(), digest.data(), &length, EVP_sha256(), nullptr) != 1) {
    refuse("SHA-256 is not available");
  }
  std::string hex;
  for (unsigned int i = 0; i < length; ++i) {
    hex.push_back("0123456789abcdef"[digest[i] >> 4u]);
    hex.push_back("0123456789abcdef"[digest[i] & 15u]);
  }
  return hex;
}

const Json& member_of(const Json& object, const char* member, const std::string& where) {
  const auto found = object.FindMember(member);
  if (found == object.MemberEnd()) refuse(where + " has no member " + member);
  return found->value;
}

}  // namespace

Package::Package(const std::string& manifest_path, std::string folder)
    : folder_(std::move(folder)), manifest_(parse(manifest_path, read_file(manifest_path))) {
  documents_.reserve(16);
}

std::string Package::bytes_of(const std::string& file_name) const {
  const Json& expected = member_of(member_of(manifest_, "files", "manifest"), file_name.c_str(), "manifest");
  const std::string path = folder_ + "/" + file_name;
  std::string bytes = read_file(path);
  if (sha256_hex(bytes) != text_of(expected, "sha256"))
    refuse(path + " is not the file of the manifest (SHA-256)");
  return bytes;
}

const Json& Package::load(const std::string& file_name) {
  const Json& expected = member_of(member_of(manifest_, "files", "manifest"), file_name.c_str(), "manifest");
  const std::string path = folder_ + "/" + file_name;
  if (documents_.size() == documents_.capacity()) refuse("too many files");
  documents_.push_back(parse(path, bytes_of(file_name)));
  const std::string entries = std::to_string(array_of(documents_.back(), "entry").Size());
  if (entries != text_of(expected, "entries")) refuse(path + " has " + entries + " entries");
  return documents_.back();
}

void Package::expect_count(const char* what, std::size_t counted) const {
  const std::string expected(text_of(member_of(manifest_, "counts", "manifest"), what));
  if (std::to_string(counted) != expected) {
    refuse(std::to_string(counted) + " " + what + "; the manifest says " + expected);
  }
}

std::string_view text_of(const Json& object, const char* member) {
  const auto found = object.FindMember(member);
  if (found == object.MemberEnd() || !found->value.IsString()) return {};
  return {found->value.GetString(), found->value.GetStringLength()};
}

const Json& array_of(const Json& object, const char* member) {
  static const Json kEmpty(rapidjson::kArrayType);
  const auto found = object.FindMember(member);
  return found == object.MemberEnd() || !found->value.IsArray() ? kEmpty : found->value;
}

const Json* extension_of(const Json& object, std::string_view url) {
  for (const Json& extension : array_of(object, "extension").GetArray()) {
    if (text_of(extension, "url") == url) return &extension;
  }
  return nullptr;
}

}  // namespace fhir::definitions::generator
