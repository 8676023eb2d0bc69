// Makes archives for tests, also ones no tool would make.
#pragma once

#include <cstdio>
#include <string>
#include <string_view>
#include <zlib.h>

namespace fhir::packages {

/// One tar header with a right checksum, and the content padded.
inline std::string tar_member(std::string_view path, std::string_view content, char kind = '0',
                              std::string_view link = {}) {
  std::string block(512, '\0');
  block.replace(0, path.size(), path);
  block.replace(100, 7, "0000644");
  char size[13];
  std::snprintf(size, sizeof size, "%011zo", content.size());
  block.replace(124, 11, size);
  block.replace(136, 11, "00000000000");
  block.replace(148, 8, "        ");
  block[156] = kind;
  block.replace(157, link.size(), link);
  block.replace(257, 8, std::string_view("ustar\00000", 8));
  unsigned sum = 0;
  for (const char c : block)
    sum += static_cast<unsigned char>(c);
  char checksum[8];
  std::snprintf(checksum, sizeof checksum, "%06o", sum);
  block.replace(148, 7, std::string_view(checksum, 7));
  block += content;
  block.resize((block.size() + 511) / 512 * 512, '\0');
  return block;
}

inline std::string tar_end() {
  return std::string(1024, '\0');
}

inline std::string gzip(std::string_view plain) {
  z_stream stream{};
  deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, MAX_WBITS + 16, 8, Z_DEFAULT_STRATEGY);
  std::string out(deflateBound(&stream, plain.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(plain.data()));
  stream.avail_in = static_cast<uInt>(plain.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

}  // namespace fhir::packages
