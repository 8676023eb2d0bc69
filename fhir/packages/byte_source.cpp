#include "fhir/packages/byte_source.hpp"

#include <algorithm>
#include <string>
#include <zlib.h>

namespace fhir::packages {
namespace {

class PlainSource final : public ByteSource {
 public:
  explicit PlainSource(std::string_view bytes) : bytes_(bytes) {}

  Result<std::size_t> read(std::span<char> to) override {
    const std::size_t count = std::min(to.size(), bytes_.size());
    std::copy_n(bytes_.data(), count, to.data());
    bytes_.remove_prefix(count);
    return count;
  }

 private:
  std::string_view bytes_;
};

class GzipSource final : public ByteSource {
 public:
  GzipSource(std::string_view bytes, std::size_t max_bytes) : left_(max_bytes), limit_(max_bytes) {
    constexpr int kGzipOnly = 16;
    ready_ = inflateInit2(&stream_, MAX_WBITS + kGzipOnly) == Z_OK;
    // zlib only reads what next_in points to.
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
    stream_.avail_in = static_cast<uInt>(bytes.size());
  }
  ~GzipSource() override {
    if (ready_) inflateEnd(&stream_);
  }

  Result<std::size_t> read(std::span<char> to) override {
    if (!ready_) return fail(ErrorCode::kUnavailable, "zlib does not start");
    stream_.next_out = reinterpret_cast<Bytef*>(to.data());
    stream_.avail_out = static_cast<uInt>(to.size());
    while (stream_.avail_out > 0 && !ended_) {
      const int status = inflate(&stream_, Z_NO_FLUSH);
      ended_ = status == Z_STREAM_END;
      if (status != Z_OK && !ended_)
        return fail(ErrorCode::kMalformed, "the gzip stream is damaged or cut short");
    }
    const std::size_t count = to.size() - stream_.avail_out;
    if (count > left_)
      return fail(ErrorCode::kTooLarge, "it inflates to over " + std::to_string(limit_) + " bytes");
    left_ -= count;
    return count;
  }

 private:
  z_stream stream_{};
  std::size_t left_;
  std::size_t limit_;
  bool ready_ = false;
  bool ended_ = false;
};

}  // namespace

bool is_gzip(std::string_view bytes) noexcept {
  return bytes.size() >= 2 && bytes[0] == '\x1f' && bytes[1] == '\x8b';
}

std::unique_ptr<ByteSource> open_bytes(std::string_view bytes, std::size_t max_bytes) {
  if (is_gzip(bytes)) return std::make_unique<GzipSource>(bytes, max_bytes);
  return std::make_unique<PlainSource>(bytes);
}

}  // namespace fhir::packages
