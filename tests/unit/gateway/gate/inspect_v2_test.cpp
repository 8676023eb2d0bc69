#include <gtest/gtest.h>
#include <string>
#include <utility>
#include <vector>

#include "fhir/tree/tree_builder.hpp"
#include "gateway/gate/gate.hpp"

namespace gateway::gate {
namespace {

using fhir::tree::NodeIndex;
using fhir::tree::ValueKind;

/// Nodes of HL7 v2 by their names alone, as a reader of that format makes them.
class Message {
 public:
  Message() : builder_(table()) { root_ = builder_.add_root(builder_.intern("REF_I12"), 0); }

  NodeIndex add(NodeIndex parent, const std::string& name, const std::string& value = "") {
    const NodeIndex node = builder_.add(parent, builder_.intern(name), 0);
    if (!value.empty()) builder_.set_value(node, ValueKind::kString, value);
    return node;
  }
  Message& note(const std::string& text) {
    add(add(root_, "NTE"), "NTE_3", text);
    return *this;
  }
  /// `parts` are the components of OBX-5; one alone is a plain value.
  Message& observe(const std::string& code, const std::string& label, const std::vector<std::string>& parts) {
    const NodeIndex segment = add(root_, "OBX");
    const NodeIndex question = add(segment, "OBX_3");
    if (!code.empty()) add(question, "c1", code);
    if (!label.empty()) add(question, "c2", label);
    if (!code.empty()) add(question, "c3", "SCT");
    if (parts.empty()) return *this;
    const NodeIndex value = add(segment, "OBX_5", parts.size() == 1 ? parts.front() : "");
    for (std::size_t at = 0; parts.size() > 1 && at < parts.size(); ++at) {
      if (!parts[at].empty()) add(value, "c" + std::to_string(at + 1), parts[at]);
    }
    return *this;
  }
  GateResult look() {
    const fhir::tree::TreePtr tree = builder_.finish();
    return inspect(RedFlagSet::minimum(), tree->root());
  }

 private:
  static const fhir::tree::TypeTable& table() {
    static const fhir::tree::TypeRow kRows[1];
    static const fhir::tree::NameId kSlots[2] = {fhir::tree::kNoName, fhir::tree::kNoName};
    static const fhir::tree::TypeTable kTable{.model = fhir::tree::Model::kHl7v2,
                                              .rows = kRows,
                                              .children = {},
                                              .slots = {},
                                              .names = {},
                                              .name_slots = kSlots,
                                              .types = {},
                                              .text = nullptr};
    return kTable;
  }
  fhir::tree::TreeBuilder builder_;
  NodeIndex root_ = 0;
};

struct Row {
  const char* name;
  std::string code;
  std::string label;
  std::vector<std::string> answer;
  int flags;  ///< 0: none. 1: human eyes. 2: raised.
};

TEST(GateV2, ReadsObservationsAsQuestionsWithAnswers) {
  const std::string saddle = "Saddle anaesthesia";
  const Row rows[] = {
      {"no", "", saddle, {"N"}, 0},
      {"yes", "", saddle, {"Y"}, 2},
      {"in words", "", saddle, {"Yes, since Monday"}, 2},
      {"hedged", "", saddle, {"no, but numb since Monday"}, 1},
      {"coded yes", "192970008", "", {"373066001", "Yes", "SCT"}, 2},
      {"coded no", "192970008", "", {"373067005", "No", "SCT"}, 0},
      {"not asked", "192970008", "", {}, 0},
      {"coded something else", "192970008", "", {"64859006", "Other", "SCT"}, 1},
      {"another question", "", "Blood pressure", {"Y"}, 0},
  };
  for (const Row& row : rows) {
    const GateResult result = Message().observe(row.code, row.label, row.answer).look();
    EXPECT_EQ(result.raised(), row.flags > 0) << row.name;
    if (!result.raised() || row.flags == 0) continue;
    EXPECT_EQ(result.flags.front().level, row.flags == 2 ? FlagLevel::kRaised : FlagLevel::kHumanEyes)
        << row.name;
  }
}

TEST(GateV2, EveryTextIsReadWhereverItStands) {
  EXPECT_TRUE(Message().note("new saddle numbness, cannot pass urine").look().raised());
  EXPECT_FALSE(Message().note("knee pain for six months").look().raised());
  EXPECT_TRUE(Message().observe("", "Comment", {"suspected cauda equina"}).look().raised());
  // "saddle anaesthesia since this morning, please see", inside an encapsulated document
  EXPECT_TRUE(Message()
                  .observe("", "Letter",
                           {"", "text", "plain", "Base64",
                            "c2FkZGxlIGFuYWVzdGhlc2lhIHNpbmNlIHRoaXMgbW9ybmluZywgcGxlYXNlIHNlZQ=="})
                  .look()
                  .raised());
}

}  // namespace
}  // namespace gateway::gate
