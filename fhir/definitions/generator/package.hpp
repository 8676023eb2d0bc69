// The pinned definitions package: its files, each checked against the manifest before a byte of it is used.
#pragma once

#include <cstddef>
#include <rapidjson/document.h>
#include <string>
#include <string_view>
#include <vector>

namespace fhir::definitions::generator {

using Json = rapidjson::Value;

/// The manifest (r4_manifest.json) and the folder of files it describes. Anything that differs ends the
/// program.
class Package {
 public:
  Package(const std::string& manifest_path, std::string folder);

  /// The bytes of a file after checking their SHA-256.
  [[nodiscard]] std::string bytes_of(const std::string& file_name) const;
  /// Parses a file after checking its SHA-256 and number of entries. The documents live as long as the
  /// package.
  const Json& load(const std::string& file_name);
  /// Ends the program unless the manifest gives `counted` for `what`.
  void expect_count(const char* what, std::size_t counted) const;

 private:
  std::string folder_;
  rapidjson::Document manifest_;
  std::vector<rapidjson::Document> documents_;
};

/// The text of a member; empty if it is absent.
[[nodiscard]] std::string_view text_of(const Json& object, const char* member);
/// The array member, or an empty array.
[[nodiscard]] const Json& array_of(const Json& object, const char* member);
/// The extension with this URL, or null.
[[nodiscard]] const Json* extension_of(const Json& object, std::string_view url);

}  // namespace fhir::definitions::generator
