#include "gateway/bars/document_check.hpp"

#include <gtest/gtest.h>

#include "fhir/definitions/definitions.hpp"
#include "fhir/tree/resource_builder.hpp"
#include "gateway/bars/base64.hpp"

namespace gateway::bars {
namespace {

std::optional<DocumentFault> fault(std::string_view type, const std::string& data) {
  fhir::tree::ResourceBuilder binary(fhir::definitions::r4(), "Binary");
  binary.set("contentType", type).set("data", data);
  const fhir::tree::TreePtr tree = binary.finish();
  const fhir::tree::Node node = tree->root();
  const auto wrong = find_wrong({&node, 1});
  if (!wrong) return std::nullopt;
  EXPECT_EQ(wrong->place, node);
  return wrong->fault;
}

TEST(Documents, BeginAsTheirTypeDoes) {
  struct Row {
    std::string_view type;
    std::string bytes;
    bool good;
  };
  const Row rows[] = {
      {"application/pdf", "%PDF-1.7 ...", true},
      {"Application/PDF; charset=x", "%PDF-1.7 ...", true},
      {"application/pdf", "MZ this is a program", false},
      {"application/pdf", "<html>", false},
      {"image/png", "\x89PNG\r\n\x1a\n....", true},
      {"image/png", "\xFF\xD8\xFF\xE0....", false},
      {"image/jpeg", "\xFF\xD8\xFF\xE0....", true},
      {"image/tiff", std::string("II*\0....", 8), true},
      {"image/tiff", std::string("MM\0*....", 8), true},
      {"text/rtf", "{\\rtf1 ...", true},
      {"application/msword", "\xD0\xCF\x11\xE0\xA1\xB1", true},
      {"application/msword", "PK\x03\x04", false},
      {"text/plain", "anything at all", true},
      {"application/xml", "<a/>", true},
      {"application/x-unheard-of", "whatever", true},
      {"application/pdf", "%P", false},
  };
  for (const Row& row : rows) {
    const auto found = fault(row.type, encode_base64(row.bytes));
    EXPECT_EQ(!found.has_value(), row.good) << row.type;
    if (found) EXPECT_EQ(*found, DocumentFault::kNotWhatItSays) << row.type;
  }
}

TEST(Documents, HaveABoundOfFiveMebibytes) {
  std::string bytes = "%PDF" + std::string(kMostDocumentBytes - 4, 'x');
  EXPECT_FALSE(fault("application/pdf", encode_base64(bytes)).has_value()) << "just as much as may be";
  bytes.append("xxx");
  EXPECT_EQ(fault("application/pdf", encode_base64(bytes)), DocumentFault::kTooLarge);
  EXPECT_EQ(fault("text/plain", encode_base64(bytes)), DocumentFault::kTooLarge) << "whatever it is";
}

TEST(Documents, AreBase64) {
  for (const char* const data : {"%PDF", "JVBERi0xLjc", "JVBERi0xLjc=====", "!!!!"})
    EXPECT_EQ(fault("application/pdf", data), DocumentFault::kNotBase64) << data;
  // Base64 in Base64 is bytes like any others: it is never unpacked.
  const std::string twice = encode_base64(encode_base64("%PDF-1.7"));
  EXPECT_EQ(fault("application/pdf", twice), DocumentFault::kNotWhatItSays);
  EXPECT_FALSE(fault("application/pdf", "JVBE\r\n Ri0x\nLjc=").has_value()) << "as FHIR lets it be written";
  EXPECT_FALSE(fault("application/pdf", "").has_value()) << "nothing came: a reference names it";
}

}  // namespace
}  // namespace gateway::bars
