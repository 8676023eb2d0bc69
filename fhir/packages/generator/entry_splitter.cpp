#include "fhir/packages/generator/entry_splitter.hpp"

#include <cstddef>
#include <rapidjson/memorystream.h>
#include <rapidjson/reader.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include "fhir/definitions/generator/refuse.hpp"

namespace fhir::packages::generator {
namespace {

using definitions::generator::refuse;

// Depth of the members of Bundle, of an entry, and of a resource of an entry.
constexpr int kBundleDepth = 1;
constexpr int kEntryDepth = 3;
constexpr int kResourceDepth = 4;

/// A RapidJSON handler. Events inside entry.resource are written through, but for the narrative.
class Splitter {
 public:
  // The names are those RapidJSON calls. NOLINTBEGIN(readability-identifier-naming)
  bool Null() {
    return value([this] { writer_.Null(); });
  }
  bool Bool(bool truth) {
    return value([this, truth] { writer_.Bool(truth); });
  }
  bool RawNumber(const char* text, rapidjson::SizeType length, bool /*copy*/) {
    return value([this, text, length] { writer_.RawValue(text, length, rapidjson::kNumberType); });
  }
  bool Int(int /*unused*/) { return false; }
  bool Uint(unsigned /*unused*/) { return false; }
  bool Int64(std::int64_t /*unused*/) { return false; }
  bool Uint64(std::uint64_t /*unused*/) { return false; }
  bool Double(double /*unused*/) { return false; }
  bool String(const char* text, rapidjson::SizeType length, bool /*copy*/) {
    if (in_resource_ && depth_ == kResourceDepth) note(std::string_view(text, length));
    return value([this, text, length] { writer_.String(text, length); });
  }
  bool Key(const char* text, rapidjson::SizeType length, bool /*copy*/) {
    const std::string_view key(text, length);
    if (depth_ == kBundleDepth) in_entries_ = key == "entry";
    if (!in_resource_) {
      at_resource_ = in_entries_ && depth_ == kEntryDepth && key == "resource";
      return true;
    }
    if (depth_ == kResourceDepth) {
      key_ = key;
      if (key == "text") {
        skipping_ = true;
        return true;
      }
    }
    if (!skipping_) writer_.Key(text, length);
    return true;
  }
  bool StartObject() {
    ++depth_;
    if (at_resource_) {
      at_resource_ = false;
      in_resource_ = true;
      out_.emplace_back();
      buffer_.Clear();
      writer_.Reset(buffer_);
    }
    if (in_resource_ && !skipping_) writer_.StartObject();
    return true;
  }
  bool EndObject(rapidjson::SizeType /*members*/) {
    if (in_resource_ && !skipping_) writer_.EndObject();
    --depth_;
    if (in_resource_ && depth_ < kResourceDepth) {
      in_resource_ = false;
      out_.back().json.assign(buffer_.GetString(), buffer_.GetSize());
    }
    return ended();
  }
  bool StartArray() {
    ++depth_;
    if (in_resource_ && !skipping_) writer_.StartArray();
    return true;
  }
  bool EndArray(rapidjson::SizeType /*elements*/) {
    if (in_resource_ && !skipping_) writer_.EndArray();
    --depth_;
    return ended();
  }
  // NOLINTEND(readability-identifier-naming)

  [[nodiscard]] std::vector<CoreResource> take() { return std::move(out_); }

 private:
  template <class Write>
  bool value(Write write) {
    if (in_resource_ && !skipping_) write();
    return ended();
  }
  /// A narrative ends with the value of the member `text`.
  bool ended() {
    if (skipping_ && depth_ == kResourceDepth) skipping_ = false;
    return true;
  }
  void note(std::string_view text) {
    if (key_ == "resourceType") out_.back().type = text;
    if (key_ == "url") out_.back().url = text;
    if (key_ == "version") out_.back().version = text;
  }

  rapidjson::StringBuffer buffer_;
  rapidjson::Writer<rapidjson::StringBuffer> writer_{buffer_};
  std::vector<CoreResource> out_;
  std::string key_;
  int depth_ = 0;
  bool in_entries_ = false;
  bool at_resource_ = false;
  bool in_resource_ = false;
  bool skipping_ = false;
};

}  // namespace

std::vector<CoreResource> split_entries(std::string_view bundle) {
  Splitter splitter;
  rapidjson::Reader reader;
  rapidjson::MemoryStream stream(bundle.data(), bundle.size());
  if (!reader.Parse<rapidjson::kParseNumbersAsStringsFlag>(stream, splitter)) refuse("a Bundle is no JSON");
  return splitter.take();
}

}  // namespace fhir::packages::generator
