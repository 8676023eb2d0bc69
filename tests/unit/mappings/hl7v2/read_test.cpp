#include "mappings/hl7v2/read.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string>

#include "mappings/hl7v2/v2_types.hpp"
#include "sketch.hpp"

namespace mappings::hl7v2 {
namespace {

using fhir::Severity;
using fhir::tree::Node;
using fhir::tree::ReadOutcome;
using test::sketch;

std::string message(const std::string& segments, const std::string& character_set = "") {
  return "MSH|^~\\&|GP|A81001|HUB|RXA|20261122080000||ADT^A08^ADT_A01|1|T|2.4||||||" + character_set + "\r" +
         segments;
}

struct FieldRow {
  const char* name;
  const char* field;  // what stands in PID from PID-1 on
  const char* tree;
};

TEST(Read, MakesTheDocumentedNodes) {
  const FieldRow rows[] = {
      {"primitive", "1", "PID(PID_1=1)"},
      {"empty and blank", "| ||", "PID"},
      {"only separators", "||^^ ^&~A^&^B|&", "PID(PID_3(c1=A c3=B))"},
      {"composite of one part", "||A", "PID(PID_3(c1=A))"},
      {"composite", "||A^^^NHS", "PID(PID_3(c1=A c4(s1=NHS)))"},
      {"subcomponents", "||A^^^H&1.2&ISO^NH", "PID(PID_3(c1=A c4(s1=H s2=1.2 s3=ISO) c5=NH))"},
      {"repetitions", "||A~B", "PID(PID_3(c1=A) PID_3(c1=B))"},
      {"empty repetition", "||A~~B", "PID(PID_3(c1=A) PID_3(c1=B))"},
      {"null field", "||\"\"", "PID(PID_3(nullFlag=true))"},
      {"null component", "||A^\"\"^^\"\"", "PID(PID_3(c1=A c2(nullFlag=true) c4(nullFlag=true)))"},
      {"null subcomponent", "||A^^^\"\"&1.2", "PID(PID_3(c1=A c4(s1(nullFlag=true) s2=1.2)))"},
      {"primitive with parts", "||||||19760121+^D", "PID(PID_7=19760121+(c1=19760121+ c2=D))"},
      {"primitive, first part empty", "||||||^D", "PID(PID_7(c2=D))"},
      {"primitive with empty parts", "||||||1976^&^", "PID(PID_7=1976)"},
      {"primitive with a null first", "||||||\"\"^", "PID(PID_7(nullFlag=true))"},
      {"composite with a null first", "||\"\"^^&~A^^^\"\"&",
       "PID(PID_3(nullFlag=true) PID_3(c1=A c4(nullFlag=true)))"},
      {"code in a composite", "|||||||M", "PID(PID_8(c1=M))"},
      {"text keeps its ampersand", "||A^^^NHS~B^x & y", "PID(PID_3(c1=A c4(s1=NHS)) PID_3(c1=B c2=x & y))"},
      {"field past the definition", "||||||||||||||||||||||||||||||||||||||||||||x^y",
       "PID(PID_45=x(c1=x c2=y))"},
      {"part past the definition", "||A^^^^^^^^^^^^^^x", "PID(PID_3(c1=A c15=x))"},
      {"literal quotes", "||||\"\"x", "PID(PID_5(c1(s1=\"\"x)))"},
  };
  for (const FieldRow& row : rows) {
    const ReadOutcome outcome = read(message("PID|" + std::string(row.field) + "\r"));
    ASSERT_TRUE(outcome.tree) << row.name;
    EXPECT_FALSE(outcome.issues.has_error()) << row.name;
    EXPECT_EQ(sketch(outcome.tree->root().child("PID")), row.tree) << row.name;
  }
}

TEST(Read, GivesFieldsTheTypeOfTheTable) {
  const ReadOutcome outcome = read(message("PID|1||A^^^NHS\rZZ9|a^b&c|\"\"\r"));
  const Node root = outcome.tree->root();
  EXPECT_EQ(root.type(), "ADT_A01");
  EXPECT_EQ(root.child("PID").type(), "PID");
  EXPECT_EQ(root.at("PID", "PID_3").type(), "CX");
  EXPECT_EQ(root.at("PID", "PID_3", "c4").type(), "HD");
  EXPECT_EQ(root.at("PID", "PID_3", "c4", "s1").type(), "IS");
  EXPECT_EQ(root.child("ZZ9").type(), "");
  EXPECT_EQ(sketch(root.child("ZZ9")), "ZZ9(ZZ9_1=a(c1=a c2=b&c(s1=b s2=c)) ZZ9_2(nullFlag=true))");
}

TEST(Read, ZSegmentOfTheTableHasTypesAndIsFoundWhereverItStands) {
  for (const char* const segments :
       {"ZU1|||||||||||||03^GP\rOBR|1\rOBX|1\rOBX|2\r", "OBR|1\rOBX|1\rZU1|||||||||||||03^GP\rOBX|2\r"}) {
    const ReadOutcome outcome =
        read("MSH|^~\\&|A|B|||20261120||REF^I12|1|T|2.4\rPID|1\r" + std::string(segments));
    const Node root = outcome.tree->root();
    EXPECT_EQ(root.at("ZU1", "ZU1_13").type(), "CWE") << segments;
    EXPECT_EQ(root.at("ZU1", "ZU1_13", "c2").text(), "GP");
    std::size_t groups = 0;
    for (const Node group : root.children("OBSERVATION"))
      groups += group.child("RESULTS_NOTES") ? 1 : 0;
    EXPECT_EQ(groups, 1U) << "closes no group: " << segments;
    EXPECT_TRUE(outcome.issues.items().empty()) << segments;
  }
}

TEST(Read, HeaderKeepsItsDelimiters) {
  const ReadOutcome outcome = read("MSH$%*/@$GP%1.2%ISO$$$$$$ADT%A08$1$T$2.4\rPID$$$A%%%N@1/T//S//E/*B\r");
  const Node root = outcome.tree->root();
  EXPECT_EQ(sketch(root.child("MSH")),
            "MSH(MSH_1=$ MSH_2=%*/@ MSH_3(c1=GP c2=1.2 c3=ISO) MSH_9(c1=ADT c2=A08) MSH_10=1 MSH_11(c1=T) "
            "MSH_12(c1=2.4))");
  EXPECT_EQ(sketch(root.child("PID")), "PID(PID_3(c1=A c4(s1=N s2=1@%/)) PID_3(c1=B))");
}

struct ObservationRow {
  const char* segment;
  const char* type;
  const char* tree;
};

TEST(Read, ObservationValueTakesItsTypeFromField2) {
  const ObservationRow rows[] = {
      {"OBX|1|FT|X||pain\\.br\\in R&L^knee", "FT", "OBX_5=pain\nin R&L^knee"},
      {"OBX|1|ED|X||^application^pdf^Base64^JVBERi0=", "ED",
       "OBX_5(c2=application c3=pdf c4=Base64 c5=JVBERi0=)"},
      {"OBX|1|CE|X||M54^Back", "CWE", "OBX_5(c1=M54 c2=Back)"},
      {"OBX|1|TS|X||2026", "DTM", "OBX_5=2026"},
      {"OBX|1||X||a^b", "", "OBX_5=a(c1=a c2=b)"},
      {"OBX|1|QQ|X||a", "", "OBX_5=a"},
  };
  for (const ObservationRow& row : rows) {
    const ReadOutcome outcome = read(message("PID|1\rPV1|1\r" + std::string(row.segment) + "\r"));
    const Node value = outcome.tree->root().at("OBX", "OBX_5");
    EXPECT_EQ(value.type(), row.type) << row.segment;
    EXPECT_EQ(sketch(value), row.tree) << row.segment;
  }
}

TEST(Read, FieldsBehindTheObservationValueKeepTheirNames) {
  const ReadOutcome outcome = read(message("PID|1\rPV1|1\rOBX|1|ST|X||a|kg|1-2||||F\r"));
  EXPECT_EQ(sketch(outcome.tree->root().child("OBX")),
            "OBX(OBX_1=1 OBX_2=ST OBX_3(c1=X) OBX_5=a OBX_6(c1=kg) OBX_7=1-2 OBX_11=F)");
}

TEST(Read, SpansAreTheRawBytes) {
  const std::string bytes = message("PID|1||A\\T\\B^^^N&1~C\rPV1|1\r");
  const ReadOutcome outcome = read(bytes);
  const Node root = outcome.tree->root();
  const auto raw = [&](Node node) { return bytes.substr(node.source().offset, node.source().length); };
  EXPECT_EQ(raw(root), bytes);
  EXPECT_EQ(raw(root.child("PID")), "PID|1||A\\T\\B^^^N&1~C");
  EXPECT_EQ(raw(root.at("PID", "PID_3")), "A\\T\\B^^^N&1");
  EXPECT_EQ(raw(root.at("PID", "PID_3", "c1")), "A\\T\\B");
  EXPECT_EQ(root.at("PID", "PID_3", "c1").text(), "A&B");
  EXPECT_EQ(raw(root.at("PID", "PID_3", "c4", "s2")), "1");
  EXPECT_EQ(raw(root.at("MSH", "MSH_2")), "^~\\&");
}

TEST(Read, SegmentsEndInEveryCommonWay) {
  const std::string header = "MSH|^~\\&|||||||ADT^A08|1|T|2.4";
  for (const char* end : {"\r", "\n", "\r\n", "\n\n", "\r \r\n"}) {
    const ReadOutcome outcome =
        read("\xEF\xBB\xBF \v" + header + end + "PID|1" + end + "PV1|1" + end + " \x1C\r");
    ASSERT_TRUE(outcome.tree) << end;
    EXPECT_TRUE(outcome.issues.empty());
    EXPECT_EQ(test::outline(outcome.tree->root()), "ADT_A01(MSH PID PV1)");
  }
}

TEST(Read, LineFeedInsideASegmentIsTextWithAWarning) {
  const ReadOutcome outcome = read(message("PID|1||A\nand B\rPV1|1"));
  EXPECT_EQ(outcome.tree->root().at("PID", "PID_3", "c1").text(), "A\nand B");
  ASSERT_EQ(outcome.issues.items().size(), 1u);
  EXPECT_EQ(outcome.issues.items()[0].severity, Severity::kWarning);
  EXPECT_EQ(outcome.issues.items()[0].expression, "PID[1]-3[1].1");
}

TEST(Read, ThreeCapitalsOnALineOfTextAreNoSegment) {
  const ReadOutcome outcome = read(message("PID|1||see\nMRI\nnormal\nPV1\nZU1|1\n"));
  EXPECT_EQ(test::outline(outcome.tree->root()), "ADT_A01(MSH PID PV1 ZU1)");
  EXPECT_EQ(outcome.tree->root().at("PID", "PID_3", "c1").text(), "see\nMRI\nnormal");
}

struct CharacterRow {
  const char* declared;
  const char* standard;  // of the partner
  const char* raw;
  const char* text;  // null: refused
};

TEST(Read, DecodesByMsh18OrThePartnersDefault) {
  const CharacterRow rows[] = {
      {"UNICODE UTF-8", "8859/1", "Zo\xC3\xAB", "Zo\xC3\xAB"},
      {"UTF8", "8859/1", "Zo\xC3\xAB", "Zo\xC3\xAB"},
      {"", "UNICODE UTF-8", "Zo\xC3\xAB", "Zo\xC3\xAB"},
      {"", "UNICODE UTF-8", "Zo\xEB", nullptr},
      {"", "8859/1", "Zo\xEB", "Zo\xC3\xAB"},
      {"8859/1", "UNICODE UTF-8", "Zo\xEB", "Zo\xC3\xAB"},
      {"8859/1", "UNICODE UTF-8", "\x80\x92", "\xE2\x82\xAC\xE2\x80\x99"},
      {"8859/1", "UNICODE UTF-8", "\x81", nullptr},
      {"8859/15", "UNICODE UTF-8", "\xA4", "\xE2\x82\xAC"},
      {"8859/2", "UNICODE UTF-8", "\xB3", "\xC5\x82"},
      {"ASCII", "8859/1", "Zo\xEB", "Zo\xC3\xAB"},
      {"8859/1", "UNICODE UTF-8", "Zo\\XEB\\", "Zo\xC3\xAB"},
      {"UNICODE UTF-8", "8859/1", "Zo\\XC3AB\\", "Zo\xC3\xAB"},
      {"UNICODE UTF-8", "8859/1", "Zo\\XEB\\", nullptr},
      {"ISO IR87", "UNICODE UTF-8", "Zoe", "Zoe"},
      {"ISO IR87", "UNICODE UTF-8", "Zo\xEB", nullptr},
  };
  for (const CharacterRow& row : rows) {
    ReadOptions options;
    options.default_character_set = row.standard;
    const ReadOutcome outcome = read(message("PID|1||" + std::string(row.raw) + "\r", row.declared), options);
    ASSERT_TRUE(outcome.tree);
    const Node id = outcome.tree->root().at("PID", "PID_3", "c1");
    EXPECT_EQ(outcome.issues.has_error(), row.text == nullptr) << row.declared << row.raw;
    if (row.text == nullptr) {
      EXPECT_FALSE(id.has_value());
      EXPECT_THAT(outcome.issues.items().back().expression, testing::AnyOf("PID[1]-3[1].1", "PID[1]-3[1]"));
    } else {
      EXPECT_EQ(id.text(), row.text);
    }
  }
}

struct RefusedRow {
  const char* name;
  std::string bytes;
  const char* place;
  bool fatal;
};

TEST(Read, RefusesWhatIsNoMessage) {
  const RefusedRow rows[] = {
      {"nothing", "", "", true},
      {"another format", "<xml/>", "", true},
      {"no delimiters", "MSH", "MSH[1]-2[1]", true},
      {"equal delimiters", "MSH|^^\\&|", "MSH[1]-2[1]", true},
      {"a letter delimits", "MSHa^~\\&a", "MSH[1]-2[1]", true},
      {"six delimiters", "MSH|^~\\&#!|", "MSH[1]-2[1]", true},
      {"batch", "FHS|^~\\&|\rMSH|^~\\&|", "", true},
      {"two messages", message("PID|1\r") + message("PID|1\r"), "MSH[2]", true},
      {"no type", "MSH|^~\\&|A\rPID|1", "MSH[1]-9[1].1", false},
      {"a line of text", message("PID|1\rand some text\rPV1|1\r"), "PID[1]", false},
      {"text behind a name alone", message("PV2\n\nsome text\nPV1|1\r"), "PV2[1]", false},
      {"lower case segment", message("pid|1\r"), "MSH[1]", false},
  };
  for (const RefusedRow& row : rows) {
    const ReadOutcome outcome = read(row.bytes);
    EXPECT_EQ(outcome.tree == nullptr, row.fatal) << row.name;
    ASSERT_TRUE(outcome.issues.has_error()) << row.name;
    EXPECT_EQ(outcome.issues.items()[0].expression, row.place) << row.name;
  }
}

TEST(Read, StopsAtItsLimits) {
  const std::string bytes = message("PID|1||A~B~C|||||||||\rPV1|1\rZZZ|1\rZZZ|2\r");
  const auto refused = [&](auto set) {
    fhir::ReadLimits limits;
    set(limits);
    const ReadOutcome outcome = read(bytes, {}, limits);
    return outcome.tree == nullptr && outcome.issues.items()[0].severity == Severity::kFatal;
  };
  EXPECT_FALSE(refused([](fhir::ReadLimits&) {}));
  EXPECT_TRUE(refused([&](fhir::ReadLimits& limits) { limits.max_bytes = bytes.size() - 1; }));
  EXPECT_TRUE(refused([](fhir::ReadLimits& limits) { limits.max_nodes = 20; }));
  EXPECT_TRUE(refused([](fhir::ReadLimits& limits) { limits.max_members = 2; }));
  EXPECT_TRUE(refused([](fhir::ReadLimits& limits) { limits.max_members = 11; }));
}

TEST(Read, CountsPartsAndNodesInsideAField) {
  fhir::ReadLimits limits;
  limits.max_members = 20;
  limits.max_nodes = 100;
  for (const char part : {'^', '&', '~'}) {
    const std::string bytes = message("PID|1||A^^^N" + std::string(21, part) + "B\r");
    EXPECT_EQ(read(bytes, {}, limits).tree, nullptr) << part;
    EXPECT_NE(read(bytes).tree, nullptr) << part;
  }
  std::string many;
  for (int i = 0; i < 10; ++i)
    many += "A^B^C^D^E&F^G^H^I^J~";
  EXPECT_EQ(read(message("PID|1||" + many + "\r"), {}, limits).tree, nullptr);
}

TEST(Read, ReadsAnUnknownStructureFlatWithAWarning) {
  const ReadOutcome outcome = read("MSH|^~\\&|||||||QQQ^Q01|1|T|2.4\rPID|1\rOBX|1|ST|||x\r");
  EXPECT_EQ(test::outline(outcome.tree->root()), "QQQ_Q01(MSH PID OBX)");
  EXPECT_EQ(outcome.tree->root().at("OBX", "OBX_5").type(), "ST");
  ASSERT_EQ(outcome.issues.items().size(), 1u);
  EXPECT_EQ(outcome.issues.items()[0].severity, Severity::kWarning);
}

TEST(Read, IssuesNeverQuoteTheMessage) {
  const ReadOutcome outcome = read(
      "MSH|^~\\&|||||||ADT^A08|1|T|2.4||||||SECRET\rPID|SECRET\x01\xFF||SECRET\nx\rSECRET line\rSEC|SECRET");
  EXPECT_GE(outcome.issues.items().size(), 3u);
  for (const fhir::Issue& issue : outcome.issues.items())
    EXPECT_EQ((issue.text + issue.expression).find("SECRET"), std::string::npos) << issue.text;
}

}  // namespace
}  // namespace mappings::hl7v2
