#include "gateway/gate/answer.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "gateway/gate/fold.hpp"

namespace gateway::gate {

namespace {

using fhir::tree::Node;

constexpr std::string_view kSnomed = "http://snomed.info/sct";

struct Word {
  std::string_view text;
  Answer answer;
};

/// First words of an answer in text. Negative findings before positive ones: "not present".
constexpr auto kWords = std::to_array<Word>({
    {"not asked", Answer::kNotAsked},
    {"not assessed", Answer::kNotAsked},
    {"not known", Answer::kNotAsked},
    {"unknown", Answer::kNotAsked},
    {"not recorded", Answer::kNotAsked},
    {"not present", Answer::kNo},
    {"not applicable", Answer::kNo},
    {"no", Answer::kNo},
    {"n", Answer::kNo},
    {"none", Answer::kNo},
    {"nil", Answer::kNo},
    {"false", Answer::kNo},
    {"absent", Answer::kNo},
    {"negative", Answer::kNo},
    {"denies", Answer::kNo},
    {"denied", Answer::kNo},
    {"yes", Answer::kYes},
    {"y", Answer::kYes},
    {"true", Answer::kYes},
    {"present", Answer::kYes},
    {"positive", Answer::kYes},
});

struct CodedAnswer {
  std::string_view system;  ///< Empty: any system.
  std::string_view code;
  Answer answer;
};

constexpr auto kCodes = std::to_array<CodedAnswer>({
    {kSnomed, "373066001", Answer::kYes},
    {kSnomed, "52101004", Answer::kYes},
    {kSnomed, "10828004", Answer::kYes},
    {kSnomed, "373067005", Answer::kNo},
    {kSnomed, "2667000", Answer::kNo},
    {kSnomed, "260385009", Answer::kNo},
    {kSnomed, "261665006", Answer::kNotAsked},
    {kSnomed, "1220561009", Answer::kNotAsked},
    {"", "Y", Answer::kYes},
    {"", "N", Answer::kNo},
    {"", "yes", Answer::kYes},
    {"", "no", Answer::kNo},
    {"", "true", Answer::kYes},
    {"", "false", Answer::kNo},
    {"", "POS", Answer::kYes},
    {"", "NEG", Answer::kNo},
    {"", "UNK", Answer::kNotAsked},
    {"", "NASK", Answer::kNotAsked},
    {"", "ASKU", Answer::kNotAsked},
    {"", "asked-unknown", Answer::kNotAsked},
    {"", "not-asked", Answer::kNotAsked},
    {"", "unknown", Answer::kNotAsked},
});

/// Only a whole answer is a no: "no, but numb since Monday" is for a person.
Answer from_text(std::string_view text) {
  const std::string folded = fold_phrase(text);
  if (folded.empty()) return Answer::kNotAsked;
  for (const Word& word : kWords) {
    if (folded == word.text) return word.answer;
    if (word.answer == Answer::kYes && folded.starts_with(std::string(word.text) + ' ')) return Answer::kYes;
  }
  return Answer::kOther;
}

/// Empty for a code that the table does not know. `SCT` is how HL7 v2 calls SNOMED CT.
std::optional<Answer> from_code(std::string_view system, std::string_view code) {
  if (system == "SCT" || system == "SNOMED-CT") system = kSnomed;
  for (const CodedAnswer& row : kCodes) {
    if (row.code == code && (row.system.empty() || row.system == system)) return row.answer;
  }
  return std::nullopt;
}

Answer from_coding(Node coding) {
  const std::string_view code = coding.child("code").text();
  if (const std::optional<Answer> answer = from_code(coding.child("system").text(), code)) return *answer;
  const Node display = coding.child("display");
  if (display.has_value()) return from_text(display.text());
  return code.empty() ? Answer::kNotAsked : Answer::kOther;
}

Answer from_concept(Node concept_node) {
  Answer best = Answer::kNotAsked;
  for (const Node coding : concept_node.children("coding"))
    best = stronger(best, from_coding(coding));
  if (const Node text = concept_node.child("text"); text.has_value())
    best = stronger(best, from_text(text.text()));
  return best;
}

}  // namespace

Answer stronger(Answer a, Answer b) noexcept {
  constexpr auto rank = [](Answer answer) {
    switch (answer) {
      case Answer::kNotAsked: return 0;
      case Answer::kNo: return 1;
      case Answer::kOther: return 2;
      case Answer::kYes: return 3;
    }
    return 3;
  };
  return rank(a) >= rank(b) ? a : b;
}

Answer answer_of(Node holder) {
  Answer best = Answer::kNotAsked;
  for (const Node value : holder.children("value")) {
    const std::string_view type = value.type();
    if (type == "boolean") {
      best = stronger(best, value.text() == "true" ? Answer::kYes
                            : value.has_value()    ? Answer::kNo
                                                   : Answer::kNotAsked);
    } else if (type == "CodeableConcept") {
      best = stronger(best, from_concept(value));
    } else if (type == "Coding") {
      best = stronger(best, from_coding(value));
    } else if (type == "string" || type == "markdown" || type == "code") {
      best = stronger(best, from_text(value.text()));
    }
  }
  return best;
}

Answer answer_of_segment(Node obx) {
  Answer best = Answer::kNotAsked;
  for (const Node value : obx.children("OBX_5")) {
    const Node identifier = value.child("c1");
    const Node text = value.child("c2");
    if (!identifier) {
      best = stronger(best, from_text(value.text()));
      continue;
    }
    const std::optional<Answer> coded = from_code(value.child("c3").text(), identifier.text());
    const Answer answer = coded ? *coded : from_text(text.has_value() ? text.text() : identifier.text());
    best = stronger(best, answer);
  }
  return best;
}

}  // namespace gateway::gate
