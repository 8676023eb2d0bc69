#include "fhir/validate/answer_check.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <string>

#include "fhir/base/decimal.hpp"
#include "fhir/terminology/terminology.hpp"
#include "fhir/validate/answer_value.hpp"
#include "fhir/validate/questionnaire_form.hpp"

namespace fhir::validate {

namespace {

using tree::Node;

constexpr std::string_view kExtensions = "http://hl7.org/fhir/StructureDefinition/";
constexpr std::string_view kSdcExtensions = "http://hl7.org/fhir/uv/sdc/StructureDefinition/";

Node setting(Node question, std::string_view name) {
  return extension_value(question, std::string(kExtensions).append(name));
}

/// The data type that answers of a type of question have.
struct AnswerType {
  std::string_view question;
  std::string_view value;
};
constexpr std::array kAnswerTypes{AnswerType{"boolean", "boolean"},
                                  AnswerType{"decimal", "decimal"},
                                  AnswerType{"integer", "integer"},
                                  AnswerType{"date", "date"},
                                  AnswerType{"dateTime", "dateTime"},
                                  AnswerType{"time", "time"},
                                  AnswerType{"string", "string"},
                                  AnswerType{"text", "string"},
                                  AnswerType{"url", "uri"},
                                  AnswerType{"attachment", "Attachment"},
                                  AnswerType{"reference", "Reference"},
                                  AnswerType{"quantity", "Quantity"}};

/// What options of a choice may be.
constexpr std::array<std::string_view, 5> kChoiceTypes{"Coding", "date", "time", "integer", "string"};

bool is_choice(std::string_view type) {
  return type == "choice" || type == "open-choice";
}

std::size_t characters_in(std::string_view utf8) {
  return static_cast<std::size_t>(std::count_if(
      utf8.begin(), utf8.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0u) != 0x80u; }));
}

}  // namespace

void AnswerCheck::check(Node answer) {
  const Node value = answer.child("value");
  if (!value || !check_type(value)) return;
  check_options(answer, value);
  check_range(value);
  if (value.kind() == tree::ValueKind::kString) check_length(value);
  const std::string_view type = value.type();
  if (type == "decimal") check_decimals(value);
  if (type == "Quantity") {
    check_decimals(value.child("value"));
    check_unit(value);
  }
  if (type == "Attachment") check_attachment(answer, value);
  if (type == "Reference") check_reference(value);
}

bool AnswerCheck::check_type(Node value) {
  const std::string_view type = question_.child("type").text();
  if (is_choice(type)) {
    if (std::find(kChoiceTypes.begin(), kChoiceTypes.end(), value.type()) != kChoiceTypes.end()) return true;
    walk_.findings().error(value, IssueType::kInvariant,
                           {"the answer to a choice must be a Coding, date, time, integer or string"});
    return false;
  }
  const auto* const row = std::find_if(kAnswerTypes.begin(), kAnswerTypes.end(),
                                       [type](const AnswerType& one) { return one.question == type; });
  if (row == kAnswerTypes.end()) return false;
  if (row->value == value.type()) return true;
  walk_.findings().error(value, IssueType::kInvariant,
                         {"the answer must be of the type ", row->value, ", not ", value.type()});
  return false;
}

bool AnswerCheck::is_listed(Node value) const {
  for (const Node option : question_.children("answerOption")) {
    if (same_answer(value, option.child("value"))) return true;
  }
  return false;
}

void AnswerCheck::check_options(Node answer, Node value) {
  const std::string_view type = question_.child("type").text();
  const std::string_view value_set = question_.child("answerValueSet").text();
  const bool has_list = static_cast<bool>(question_.child("answerOption"));
  const bool coded = value.type() == "Coding";
  if (!value_set.empty() && (coded || value.type() == "string")) {
    if (coded || type != "open-choice") check_coded(answer, value, value_set);
    return;
  }
  if (!has_list) {
    if (is_choice(type)) {
      walk_.findings().note(answer, IssueType::kInvariant,
                            {"the answer cannot be checked: the question lists no options"});
    }
    return;
  }
  if (type == "open-choice" && value.type() == "string") return;
  if (is_listed(value)) return;
  walk_.findings().error(coded ? answer : value, coded ? IssueType::kCodeInvalid : IssueType::kInvariant,
                         {"the answer is none of the options of the question"});
}

void AnswerCheck::check_coded(Node answer, Node value, std::string_view value_set) {
  const bool coding = value.type() == "Coding";
  const terminology::Terminology& terms = walk_.shared().terminology;
  const terminology::ValueSet* const contained = walk_.contained_set(questionnaire_, value_set);
  const terminology::CodeAnswer known =
      contained != nullptr ? terms.validate_element_in(*contained, value)
      : coding             ? terms.validate_coding(value_set, terminology::coded_of(value))
                           : terms.validate_code(value_set,
                                                 {.system = {}, .version = {}, .code = value.text(), .display = {}});
  if (known.verdict == terminology::CodeVerdict::kUnknownValueSet) {
    walk_.findings().warning(answer, IssueType::kCodeInvalid, {"the value set of the options is not known"});
  } else if (known.is_wrong() || (known.is_member() && known.display_wrong)) {
    walk_.findings().error(coding ? answer : value, coding ? IssueType::kCodeInvalid : IssueType::kInvariant,
                           {"the answer is not in the value set of the options"});
  } else if (!known.is_member()) {
    walk_.findings().note(answer, IssueType::kCodeInvalid,
                          {"it cannot be said here whether the answer is in the value set of the options"});
  }
}

void AnswerCheck::check_range(Node value) {
  check_bound(value, setting(question_, "minValue"), true);
  check_bound(value, setting(question_, "maxValue"), false);
  if (value.type() != "Quantity") return;
  check_bound(
      value, extension_value(question_, std::string(kSdcExtensions) + "sdc-questionnaire-minQuantity"), true);
  check_bound(value,
              extension_value(question_, std::string(kSdcExtensions) + "sdc-questionnaire-maxQuantity"),
              false);
}

void AnswerCheck::check_bound(Node value, Node bound, bool is_minimum) {
  if (!bound) return;
  const auto order = order_of_answers(value, bound);
  const std::string_view which = is_minimum ? "minimum" : "maximum";
  if (!order) {
    walk_.findings().error(value, IssueType::kInvariant,
                           {"the answer cannot be compared with the ", which, " the question allows"});
  } else if (*order == (is_minimum ? std::weak_ordering::less : std::weak_ordering::greater)) {
    walk_.findings().error(
        value, IssueType::kInvariant,
        {"the answer is ", is_minimum ? "less" : "greater", " than the ", which, " the question allows"});
  }
}

void AnswerCheck::check_length(Node value) {
  const auto bound = [](Node node) -> std::optional<std::size_t> {
    const std::string_view text = node.text();
    std::size_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return !text.empty() && error == std::errc() ? std::optional(number) : std::nullopt;
  };
  const std::size_t length = characters_in(value.text());
  const auto least = bound(setting(question_, "minLength"));
  const auto most = bound(question_.child("maxLength"));
  if (least && length < *least)
    walk_.findings().error(value, IssueType::kInvariant, {"the answer is shorter than the question allows"});
  if (most && length > *most)
    walk_.findings().error(value, IssueType::kInvariant, {"the answer is longer than the question allows"});
}

void AnswerCheck::check_decimals(Node value) {
  const Node most = setting(question_, "maxDecimalPlaces");
  const auto bound = Decimal::parse(most.text());
  const std::size_t point = value.text().find('.');
  if (!bound || point == std::string_view::npos) return;
  const auto places = static_cast<std::int64_t>(value.text().size() - point - 1);
  if (Decimal::from_integer(places) > *bound) {
    walk_.findings().error(value.type() == "decimal" ? value : value.parent(), IssueType::kInvariant,
                           {"the answer has more decimal places than the question allows"});
  }
}

void AnswerCheck::check_unit(Node value) {
  const Node value_set = setting(question_, "questionnaire-unitValueSet");
  if (!value_set) return;
  const auto known = walk_.shared().terminology.validate_element(value_set.text(), value);
  if (known.is_wrong()) {
    walk_.findings().error(value, IssueType::kCodeInvalid,
                           {"the unit is not in the value set of the question"});
  }
}

void AnswerCheck::check_attachment(Node answer, Node value) {
  const std::string url = std::string(kExtensions) + "mimeType";
  bool limited = false;
  bool allowed = false;
  for (const Node extension : question_.children("extension")) {
    if (extension.child("url").text() != url) continue;
    limited = true;
    allowed = allowed || extension.child("value").text() == value.child("contentType").text();
  }
  if (limited && !allowed) {
    walk_.findings().error(answer, IssueType::kRequired,
                           {"the question does not allow attachments of this type"});
  }
  const auto most = Decimal::parse(setting(question_, "maxSize").text(), true);
  const auto size = Decimal::parse(value.child("size").text());
  if (!most || !size) return;
  const auto bytes = Decimal::multiply(*most, Decimal::from_integer(1'048'576));
  if (bytes && *size > *bytes) {
    walk_.findings().error(answer, IssueType::kTooLong,
                           {"the attachment is larger than the question allows"});
  }
}

void AnswerCheck::check_reference(Node value) {
  if (const std::string_view named = value.child("type").text(); !named.empty())
    check_target_type(value, named);
  std::string_view reference = value.child("reference").text();
  if (reference.starts_with('#') || reference.starts_with("urn:")) return;
  if (const std::size_t history = reference.find("/_history/"); history != std::string_view::npos)
    reference = reference.substr(0, history);
  const std::size_t slash = reference.rfind('/');
  if (slash == std::string_view::npos || slash == 0) return;
  const std::string_view before = reference.substr(0, slash);
  const std::string_view type = before.substr(before.rfind('/') + 1);
  if (!type.empty() && type.front() >= 'A' && type.front() <= 'Z') check_target_type(value, type);
}

void AnswerCheck::check_target_type(Node value, std::string_view type) {
  const tree::TypeTable& table = value.tree()->table();
  if (table.row(table.type_root(type)).kind != tree::TypeKind::kResource) {
    walk_.findings().error(value, IssueType::kInvariant,
                           {"the reference names a type that is no type of resource"});
    return;
  }
  const std::string url = std::string(kExtensions) + "questionnaire-referenceResource";
  bool limited = false;
  for (const Node extension : question_.children("extension")) {
    if (extension.child("url").text() != url) continue;
    limited = true;
    if (extension.child("value").text() == type) return;
  }
  if (limited) {
    walk_.findings().error(value, IssueType::kInvariant,
                           {"the question does not allow references to ", type});
  }
}

}  // namespace fhir::validate
