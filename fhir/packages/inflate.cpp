#include "fhir/packages/inflate.hpp"

#include <zlib.h>

namespace fhir::packages {
namespace {

Bytef* input_of(std::string_view bytes) {
  // zlib only reads what next_in points to.
  return reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
}

}  // namespace

Result<std::string> inflate_exactly(std::string_view packed, std::string_view dictionary,
                                    std::size_t plain_bytes) {
  z_stream stream{};
  if (inflateInit(&stream) != Z_OK) return fail(ErrorCode::kUnavailable, "zlib does not start");
  std::string out(plain_bytes, '\0');
  stream.next_in = input_of(packed);
  stream.avail_in = static_cast<uInt>(packed.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  int status = inflate(&stream, Z_FINISH);
  if (status == Z_NEED_DICT) {
    status = inflateSetDictionary(&stream, input_of(dictionary), static_cast<uInt>(dictionary.size()));
    if (status == Z_OK) status = inflate(&stream, Z_FINISH);
  }
  const bool whole = status == Z_STREAM_END && stream.total_out == plain_bytes;
  inflateEnd(&stream);
  if (!whole) return fail(ErrorCode::kCorrupt, "deflated bytes are damaged");
  return out;
}

}  // namespace fhir::packages
