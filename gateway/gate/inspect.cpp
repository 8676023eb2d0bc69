#include <algorithm>
#include <optional>
#include <string>

#include "fhir/tree/expression.hpp"
#include "gateway/gate/answer.hpp"
#include "gateway/gate/findings.hpp"
#include "gateway/gate/gate.hpp"
#include "gateway/gate/loose_text.hpp"
#include "gateway/gate/priority.hpp"
#include "gateway/gate/text_scan.hpp"

namespace gateway::gate {

namespace {

using fhir::tree::Node;

constexpr std::string_view kSnomed = "http://snomed.info/sct";

/// Types whose value is an identifier, a code, a time or bytes, and says nothing in words.
class WordlessTypes {
 public:
  explicit WordlessTypes(const fhir::tree::TypeTable& table) {
    for (const std::string_view type : {"uri", "url", "canonical", "code", "id", "oid", "uuid", "dateTime",
                                        "instant", "date", "time", "base64Binary"}) {
      // A type the table does not know must not stand for elements without a type: those may be words.
      const fhir::tree::NameId name = table.find_name(type);
      if (name != fhir::tree::kNoName) names_.push_back(name);
    }
  }
  [[nodiscard]] bool has(Node node) const noexcept {
    return std::ranges::find(names_, node.row().type) != names_.end();
  }

 private:
  std::vector<fhir::tree::NameId> names_;
};

bool has_markup(std::string_view text) noexcept {
  return text.find('<') != std::string_view::npos || text.find('&') != std::string_view::npos ||
         text.find('\\') != std::string_view::npos;
}

Node owner_resource(Node node) {
  while (node && !node.is_resource())
    node = node.parent();
  return node;
}

bool has_code(Node concept_node, std::string_view code) {
  for (const Node coding : concept_node.children("coding")) {
    if (coding.child("code").text() == code) return true;
  }
  return false;
}

/// A coded statement that its own resource calls past, wrong or about somebody else is for a person, not a
/// yes.
FlagLevel level_of_statement(Node resource) {
  const std::string_view type = resource.type();
  if (type == "FamilyMemberHistory") return FlagLevel::kHumanEyes;
  const std::string_view status = resource.child("status").text();
  if (status == "entered-in-error" || status == "inactive") return FlagLevel::kHumanEyes;
  const Node verification = resource.child("verificationStatus");
  const Node clinical = resource.child("clinicalStatus");
  if (has_code(verification, "refuted") || has_code(verification, "entered-in-error"))
    return FlagLevel::kHumanEyes;
  if (has_code(clinical, "inactive") || has_code(clinical, "resolved") || has_code(clinical, "remission")) {
    return FlagLevel::kHumanEyes;
  }
  return FlagLevel::kRaised;
}

class TreeReading {
 public:
  TreeReading(const RedFlagSet& flags, std::size_t max_text)
      : flags_(flags), findings_(flags), text_(flags), label_(flags), left_(max_text) {}

  GateResult read(Node root) {
    if (!root) return findings_.finish();
    wordless_.emplace(root.tree()->table());
    v2_ = root.tree()->table().model == fhir::tree::Model::kHl7v2;
    for (Node at = root; at;) {
      const bool descend = visit(at);
      at = next(root, at, descend);
    }
    return findings_.finish();
  }

 private:
  /// The node after `at` in document order, inside `root`.
  static Node next(Node root, Node at, bool descend) {
    if (descend && at.first_child()) return at.first_child();
    while (at && !(at == root)) {
      if (at.next_sibling()) return at.next_sibling();
      at = at.parent();
    }
    return {};
  }

  /// False: what is below has been dealt with.
  bool visit(Node node) {
    if (v2_) return visit_v2(node);
    const std::string_view type = node.type();
    if (type == "Questionnaire") return false;  // a form, filled in by nobody
    if (type == "ServiceRequest") read_priority(node);
    if (type == "Observation") read_observation(node);
    if (is_item_part(node)) {
      if (node.name() != "answer") return false;  // the wording of a question
      read_item(node.parent(), node);
    }
    if (is_question_label(node)) return false;
    if (type == "Coding") read_coding(node);
    if (type == "Attachment" || type == "Binary") read_attachment(node);
    if (node.has_value()) read_text(node);
    return true;
  }

  /// An original in HL7 v2: every text of it, but the labels of observations (OBX-3), which the answers
  /// beside them decide about.
  bool visit_v2(Node node) {
    if (node.name() == "OBX") read_segment(node);
    if (node.name() == "OBX_3") return false;
    if (node.has_value()) read_text(node);
    return true;
  }

  void read_segment(Node obx) {
    const Answer answer = answer_of_segment(obx);
    const Node label = obx.child("OBX_3");
    if (answer == Answer::kNo || answer == Answer::kNotAsked) return;
    const FlagLevel level = answer == Answer::kYes ? FlagLevel::kRaised : FlagLevel::kHumanEyes;
    const std::string_view system = label.child("c3").text() == "SCT" ? kSnomed : label.child("c3").text();
    if (const RedFlag* flag = flags_.by_code(system, label.child("c1").text()); flag != nullptr)
      raise(*flag, level, obx);
    for (const Node part : {label.child("c1"), label.child("c2"), label.child("c5"), label.child("c9")})
      raise_words(part.text(), level, obx);
  }

  /// QuestionnaireResponse.item.text, .linkId and .answer.
  static bool is_item_part(Node node) {
    const std::string_view name = node.name();
    if (name != "answer" && name != "text" && name != "linkId") return false;
    const Node parent = node.parent();
    return parent.name() == "item" && owner_resource(parent).type() == "QuestionnaireResponse";
  }

  /// Observation.code and Observation.component.code.
  static bool is_question_label(Node node) {
    if (node.name() != "code" || node.type() != "CodeableConcept") return false;
    const Node parent = node.parent();
    return parent.type() == "Observation" ||
           (parent.name() == "component" && owner_resource(parent).type() == "Observation");
  }

  void read_priority(Node request) {
    const CodedPriority priority = coded_priority(request);
    findings_.result.cancer_priority |= priority.cancer;
    findings_.result.coded_routine |= priority.routine;
    if (!priority.emergency) return;
    if (const RedFlag* flag = flags_.by_condition(kEmergencyPriority); flag != nullptr) {
      findings_.add(*flag, TriggerKind::kStructured, FlagLevel::kRaised, false,
                    fhir::tree::expression(request.child("priority")));
    }
  }

  void read_observation(Node observation) {
    read_question(observation, observation);
    for (const Node component : observation.children("component"))
      read_question(observation, component);
  }

  void read_question(Node observation, Node holder) {
    const Node code = holder.child("code");
    bool stated = false;
    Answer answer = answer_of(holder);
    for (const Node interpretation : holder.children("interpretation")) {
      if (has_code(interpretation, "POS")) answer = stronger(answer, Answer::kYes);
    }
    const bool silent = holder.children("value").empty() && !holder.child("dataAbsentReason") &&
                        !holder.child("component") && holder.children("hasMember").empty() &&
                        holder.children("interpretation").empty();
    if (silent) {
      // A finding recorded by its code alone is a statement, though an odd one.
      answer = Answer::kOther;
      stated = true;
    }
    if (answer == Answer::kNo || answer == Answer::kNotAsked) return;
    const bool wrong = observation.child("status").text() == "entered-in-error";
    const FlagLevel level = answer == Answer::kYes && !wrong ? FlagLevel::kRaised : FlagLevel::kHumanEyes;
    raise_label(code, level, stated ? code : holder.child("value"));
  }

  void read_item(Node item, Node answer_node) {
    const Answer answer = answer_of(answer_node);
    if (answer == Answer::kNo || answer == Answer::kNotAsked) return;
    const FlagLevel level = answer == Answer::kYes ? FlagLevel::kRaised : FlagLevel::kHumanEyes;
    std::string_view link = item.child("linkId").text();
    if (const std::size_t dot = link.rfind('.'); dot != std::string_view::npos) link.remove_prefix(dot + 1);
    if (const RedFlag* flag = flags_.by_condition(link); flag != nullptr) raise(*flag, level, answer_node);
    raise_label(item, level, answer_node);
  }

  /// Raises what a label names: by its codings, and by its words.
  void raise_label(Node label, FlagLevel level, Node place) {
    for (const Node coding : label.children("coding")) {
      const RedFlag* flag = flags_.by_code(coding.child("system").text(), coding.child("code").text());
      if (flag != nullptr) raise(*flag, level, place);
      raise_words(coding.child("display").text(), level, place);
    }
    raise_words(label.child("text").text(), level, place);
  }
  void raise_words(std::string_view words, FlagLevel level, Node place) {
    if (words.empty()) return;
    for (const TextHit& hit : label_.scan(words, TextRole::kQuestion))
      raise(flags_.flags()[hit.flag], level, place);
  }
  void raise(const RedFlag& flag, FlagLevel level, Node place) {
    if (!findings_.is_new(flag, TriggerKind::kStructured, level)) return;
    findings_.add(flag, TriggerKind::kStructured, level, false, fhir::tree::expression(place));
  }

  void read_coding(Node coding) {
    const RedFlag* flag = flags_.by_code(coding.child("system").text(), coding.child("code").text());
    if (flag != nullptr) raise(*flag, level_of_statement(owner_resource(coding)), coding);
  }

  void read_attachment(Node node) {
    const Node data = node.child("data");
    const std::string_view kind = node.child("contentType").text();
    const bool readable =
        kind.empty() || kind.starts_with("text/") || kind.find("xml") != std::string_view::npos ||
        kind.find("json") != std::string_view::npos || kind.find("rtf") != std::string_view::npos;
    if (!data.has_value() || !readable || !spend(data.text().size())) return;
    const std::string decoded = decode_base64(data.text());
    read_loose(decoded, Markup::kKeep, data);
    if (decoded.find('<') != std::string::npos) read_loose(decoded, Markup::kTags, data);
  }

  void read_text(Node node) {
    if (node.kind() != fhir::tree::ValueKind::kString && node.kind() != fhir::tree::ValueKind::kXhtml) return;
    if (wordless_->has(node)) return;
    const std::string_view text = node.text();
    if (!spend(text.size())) return;
    if (node.kind() == fhir::tree::ValueKind::kString) report(text_.scan(text, TextRole::kStatement), node);
    if (has_markup(text) || node.kind() == fhir::tree::ValueKind::kXhtml) {
      read_loose(text, Markup::kTags, node);
    }
    if (v2_ && text.size() >= kShortestEncoded) read_encoded(node);
  }

  /// A document inside an observation (ED) is base64 in one value.
  void read_encoded(Node node) {
    std::string_view text = node.text();
    while (text.ends_with('='))
      text.remove_suffix(1);
    if (base64_run(text, 0) < text.size() || !spend(text.size())) return;
    read_loose(decode_base64(text), Markup::kKeep, node);
  }

  void read_loose(std::string_view text, Markup markup, Node place) {
    LooseText reader(text, markup);
    text_.begin(TextRole::kStatement);
    while (const auto scalar = reader.next())
      text_.feed(*scalar);
    text_.end();
    report(text_.hits(), place);
  }

  void report(const std::vector<TextHit>& hits, Node place) {
    for (const TextHit& hit : hits) {
      const RedFlag& flag = flags_.flags()[hit.flag];
      if (!findings_.is_new(flag, TriggerKind::kText, FlagLevel::kHumanEyes)) continue;
      findings_.add(flag, TriggerKind::kText, FlagLevel::kHumanEyes, hit.near_negation,
                    fhir::tree::expression(place));
    }
  }

  static constexpr std::size_t kShortestEncoded = 48;

  bool spend(std::size_t bytes) {
    if (bytes > left_) {
      findings_.result.cut_short = true;
      return false;
    }
    left_ -= bytes;
    return true;
  }

  const RedFlagSet& flags_;
  Findings findings_;
  TextScan text_;
  TextScan label_;
  std::optional<WordlessTypes> wordless_;
  std::size_t left_;
  bool v2_ = false;  // the tree is of an HL7 v2 message
};

}  // namespace

GateResult inspect(const RedFlagSet& flags, Node root) {
  static constexpr std::size_t kMostText = 64u << 20;  // a tree of the largest message holds less
  return TreeReading(flags, kMostText).read(root);
}

}  // namespace gateway::gate
