#include "gateway/bars/document_check.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <string>

#include "gateway/bars/base64.hpp"

namespace gateway::bars {

namespace {

using fhir::tree::Node;
using namespace std::string_view_literals;

struct Magic {
  std::string_view type;
  std::string_view begins;
};
constexpr std::array<Magic, 13> kMagic = {{
    {"application/pdf", "%PDF"sv},
    {"image/png", "\x89PNG"sv},
    {"image/jpeg", "\xFF\xD8\xFF"sv},
    {"image/gif", "GIF8"sv},
    {"image/tiff", "II*\0"sv},
    {"image/tiff", "MM\0*"sv},
    {"text/rtf", "{\\rtf"sv},
    {"application/rtf", "{\\rtf"sv},
    {"application/msword", "\xD0\xCF\x11\xE0"sv},
    {"application/vnd.openxmlformats-officedocument.wordprocessingml.document", "PK\x03\x04"sv},
    {"audio/mpeg", "ID3"sv},
    {"audio/mpeg", "\xFF\xFB"sv},
    {"audio/basic", ".snd"sv},
}};

/// Without parameters, in small letters.
std::string media_type(std::string_view text) {
  std::string type(text.substr(0, text.find(';')));
  while (!type.empty() && type.back() == ' ')
    type.pop_back();
  std::transform(type.begin(), type.end(), type.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return type;
}

/// FHIR allows blanks and line ends between the digits.
bool is_blank(char c) noexcept {
  return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

/// The first bytes; empty when they are no Base64.
std::optional<std::string> head_of(std::string_view data) {
  constexpr std::size_t kDigits = 16;
  std::string digits;
  for (const char c : data) {
    if (digits.size() == kDigits) break;
    if (!is_blank(c)) digits.push_back(c);
  }
  return decode_base64(digits);
}

bool too_large(std::string_view data) {
  if (data.size() / 4 * 3 <= kMostDocumentBytes + 2) return false;
  const auto digits = data.size() - static_cast<std::size_t>(std::ranges::count_if(data, is_blank));
  return digits / 4 * 3 > kMostDocumentBytes + 2;
}

std::optional<DocumentFault> fault_of(std::string_view type, std::string_view data) {
  if (data.empty()) return std::nullopt;
  if (too_large(data)) return DocumentFault::kTooLarge;
  const auto head = head_of(data);
  if (!head) return DocumentFault::kNotBase64;
  const std::string wanted = media_type(type);
  bool known = false;
  for (const Magic& magic : kMagic) {
    if (magic.type != wanted) continue;
    known = true;
    if (head->starts_with(magic.begins)) return std::nullopt;
  }
  return known ? std::optional(DocumentFault::kNotWhatItSays) : std::nullopt;
}

}  // namespace

std::optional<WrongDocument> find_wrong(std::span<const Node> documents) {
  for (const Node document : documents) {
    if (document.type() == "Binary") {
      const auto fault = fault_of(document.child("contentType").text(), document.child("data").text());
      if (fault) return WrongDocument{*fault, document};
      continue;
    }
    for (const Node content : document.children("content")) {
      const Node attachment = content.child("attachment");
      const auto fault = fault_of(attachment.child("contentType").text(), attachment.child("data").text());
      if (fault) return WrongDocument{*fault, attachment};
    }
  }
  return std::nullopt;
}

}  // namespace gateway::bars
