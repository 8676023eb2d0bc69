#include "fhir/packages/resource_head.hpp"

#include <rapidjson/encodings.h>
#include <rapidjson/error/en.h>
#include <rapidjson/memorystream.h>
#include <rapidjson/reader.h>

namespace fhir::packages {
namespace {

/// A RapidJSON handler that looks at the members of the outermost object only.
class HeadHandler {
 public:
  explicit HeadHandler(std::uint32_t max_depth) : max_depth_(max_depth) {}

  // The names are those RapidJSON calls. NOLINTBEGIN(readability-identifier-naming)
  bool Null() { return true; }
  bool Bool(bool /*unused*/) { return true; }
  bool Int(int /*unused*/) { return true; }
  bool Uint(unsigned /*unused*/) { return true; }
  bool Int64(std::int64_t /*unused*/) { return true; }
  bool Uint64(std::uint64_t /*unused*/) { return true; }
  bool Double(double /*unused*/) { return true; }
  bool RawNumber(const char* /*unused*/, rapidjson::SizeType /*unused*/, bool /*unused*/) { return true; }
  bool String(const char* text, rapidjson::SizeType length, bool /*copy*/) {
    if (depth_ == 1 && target_ != nullptr) target_->assign(text, length);
    if (depth_ == 2 && in_versions_) head_.fhir_versions.emplace_back(text, length);
    return true;
  }
  bool Key(const char* text, rapidjson::SizeType length, bool /*copy*/) {
    if (depth_ != 1) return true;
    const std::string_view key(text, length);
    target_ = nullptr;
    in_versions_ = key == "fhirVersions" || key == "fhir-version-list";
    if (key == "resourceType") target_ = &head_.type;
    if (key == "url") target_ = &head_.url;
    if (key == "version") target_ = &head_.version;
    return true;
  }
  bool StartObject() { return ++depth_ <= max_depth_; }
  bool EndObject(rapidjson::SizeType /*unused*/) {
    --depth_;
    return true;
  }
  bool StartArray() {
    if (depth_ == 1) target_ = nullptr;
    return ++depth_ <= max_depth_;
  }
  bool EndArray(rapidjson::SizeType /*unused*/) {
    --depth_;
    return true;
  }
  // NOLINTEND(readability-identifier-naming)

  [[nodiscard]] ResourceHead take() { return std::move(head_); }

 private:
  ResourceHead head_;
  std::string* target_ = nullptr;
  bool in_versions_ = false;
  std::uint32_t depth_ = 0;
  std::uint32_t max_depth_;
};

}  // namespace

ResourceHead read_head(std::string_view bytes, std::uint32_t max_depth, IssueList& issues) {
  // The handler ends the parse at max_depth, which bounds the recursion.
  constexpr unsigned kFlags = rapidjson::kParseNumbersAsStringsFlag | rapidjson::kParseValidateEncodingFlag;
  HeadHandler handler(max_depth);
  rapidjson::MemoryStream memory(bytes.data(), bytes.size());
  rapidjson::EncodedInputStream<rapidjson::UTF8<>, rapidjson::MemoryStream> stream(memory);
  rapidjson::Reader reader;
  const rapidjson::ParseResult result = reader.Parse<kFlags>(stream, handler);
  if (!result.IsError()) return handler.take();
  const bool is_depth = result.Code() == rapidjson::kParseErrorTermination;
  const std::string what = is_depth ? "nested deeper than " + std::to_string(max_depth) + " levels"
                                    : std::string("not JSON: ") + rapidjson::GetParseError_En(result.Code());
  issues.add(Severity::kFatal, is_depth ? IssueType::kTooCostly : IssueType::kStructure, {}, what,
             locate(bytes, result.Offset()));
  return {};
}

}  // namespace fhir::packages
