#include <algorithm>

#include "mappings/engine/executor.hpp"

namespace mappings::engine {
namespace {

using fhir::IssueType;
using fhir::tree::kNoNode;
using fhir::tree::NodeIndex;
using fhir::tree::ValueKind;

bool is_whole(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

/// The first `characters` code points.
std::string_view cut(std::string_view text, std::uint32_t characters) {
  std::size_t at = 0;
  for (; at < text.size(); ++at) {
    const bool starts = (static_cast<unsigned char>(text[at]) & 0xC0u) != 0x80u;
    if (starts && characters-- == 0) break;
  }
  return text.substr(0, at);
}

std::string escaped(std::string_view text, bool json) {
  std::string out;
  for (const char c : text) {
    if (json) {
      if (c == '"' || c == '\\') out.push_back('\\');
      if (c == '\n') {
        out.append("\\n");
      } else if (c == '\r') {
        out.append("\\r");
      } else if (c == '\t') {
        out.append("\\t");
      } else {
        out.push_back(c);
      }
      continue;
    }
    switch (c) {
      case '&': out.append("&amp;"); break;
      case '<': out.append("&lt;"); break;
      case '>': out.append("&gt;"); break;
      case '"': out.append("&quot;"); break;
      default: out.push_back(c);
    }
  }
  return out;
}

}  // namespace

bool Executor::makes_element(Transform transform, const TargetPlan& plan) const noexcept {
  switch (transform) {
    case Transform::kCodeableConcept:
    case Transform::kCoding:
    case Transform::kQuantity:
    case Transform::kIdentifier:
    case Transform::kContactPoint:
    case Transform::kReference:
    case Transform::kPointer: return true;
    case Transform::kTranslate:
      return plan.output == TranslateOutput::kCoding || plan.output == TranslateOutput::kCodeableConcept;
    default: return false;
  }
}

bool Executor::parameter(const TargetPlan& plan, std::uint32_t index, Atom& out) {
  out = Atom{};
  if (index >= plan.parameters.count) return true;
  Atom focus;
  if (const Node matched = trigger()) focus = {Held::kSource, ValueKind::kString, matched.index(), {}, {}};
  Atoms found;
  if (!values(body_.operands[plan.parameters.begin + index], focus, found)) return false;
  if (found.size() > 1)
    return fail(IssueType::kProcessing, "several values for one parameter of a transform");
  if (!found.empty()) out = found[0];
  return true;
}

bool Executor::transform(const TargetPlan& plan, Atoms& out) {
  switch (plan.transform) {
    case Transform::kValue: {
      Atom focus;
      if (const Node matched = trigger())
        focus = {Held::kSource, ValueKind::kString, matched.index(), {}, {}};
      return values(body_.operands[plan.parameters.begin], focus, out);
    }
    case Transform::kTruncate: return truncate(plan, out);
    case Transform::kEscape: return escape(plan, out);
    case Transform::kCast: return cast(plan, out);
    case Transform::kAppend: return append(plan, out);
    case Transform::kUuid: return uuid(out);
    case Transform::kTranslate: {
      std::optional<Translation> found;
      if (!translate(plan, found)) return false;
      if (!found) return true;
      const std::string_view text = plan.output == TranslateOutput::kCode     ? found->code
                                    : plan.output == TranslateOutput::kSystem ? found->system
                                                                              : found->display;
      if (!text.empty()) out.push_back(text_atom(text, plan.output == TranslateOutput::kCode ? "code" : ""));
      return true;
    }
    case Transform::kReference:
    case Transform::kPointer: {
      Atom subject;
      if (!parameter(plan, 0, subject)) return false;
      if (subject.held == Held::kNothing) return true;
      const std::string text = reference_text(subject, plan.transform == Transform::kPointer);
      if (text.empty()) return fail(IssueType::kProcessing, "a reference to a resource that has no id yet");
      out.push_back(text_atom(text));
      return true;
    }
    default: break;
  }
  return fail(IssueType::kNotSupported, "this transform needs an element to fill");
}

bool Executor::truncate(const TargetPlan& plan, Atoms& out) {
  Atom value;
  if (!parameter(plan, 0, value)) return false;
  if (const auto text = text_of(value)) out.push_back(text_atom(cut(*text, plan.number)));
  return true;
}

bool Executor::escape(const TargetPlan& plan, Atoms& out) {
  Atom value;
  if (!parameter(plan, 0, value)) return false;
  if (const auto text = text_of(value))
    out.push_back(text_atom(escaped(*text, body_.texts[plan.share] == "json")));
  return true;
}

bool Executor::cast(const TargetPlan& plan, Atoms& out) {
  Atom value;
  if (!parameter(plan, 0, value)) return false;
  auto text = text_of(value);
  if (!text || text->empty()) return true;
  const std::string_view type = pair_->target->name(plan.type);
  ValueKind kind = ValueKind::kString;
  bool good = true;
  if (type == "boolean") {
    kind = ValueKind::kBoolean;
    good = *text == "true" || *text == "false";
  } else if (type == "integer" || type == "positiveInt" || type == "unsignedInt") {
    kind = ValueKind::kNumber;
    good = is_whole(*text) && (type == "integer" || !text->starts_with('-')) &&
           (type != "positiveInt" || *text != "0");
  } else if (type == "decimal") {
    kind = ValueKind::kNumber;
    good = fhir::path::Decimal::parse(*text, true).has_value();
  } else if (type == "date" || type == "dateTime" || type == "instant" || type == "time") {
    const bool from_v2 =
        value.held == Held::kSource && source_.tree()->table().model == fhir::tree::Model::kHl7v2;
    good = converted({}, from_v2, plan.type, *text);
    if (good && type == "date") good = fhir::path::Temporal::parse_date(*text).has_value();
    if (good && type == "time") good = fhir::path::Temporal::parse_time(*text).has_value();
    if (good && type != "date" && type != "time")
      good = fhir::path::Temporal::parse_date_time(*text).has_value();
  }
  if (!good) {
    return fail(IssueType::kValue, "the value cannot be cast to " + std::string(type),
                value.held == Held::kSource ? node(value.node) : Node{});
  }
  out.push_back(text_atom(*text, type, kind));
  return true;
}

bool Executor::append(const TargetPlan& plan, Atoms& out) {
  boost::container::small_vector<std::string_view, 8> parts;
  for (std::uint32_t i = 0; i < plan.parameters.count; ++i) {
    Atom value;
    if (!parameter(plan, i, value)) return false;
    if (const auto text = text_of(value)) parts.push_back(*text);
  }
  const Atom made = joined_atom({parts.data(), parts.size()});
  if (!made.text.empty()) out.push_back(made);
  return true;
}

bool Executor::uuid(Atoms& out) {
  if (context_.ids == nullptr) return fail(IssueType::kProcessing, "no source of ids was given");
  const std::string number = std::to_string(++around_.sequence);
  const std::string_view parts[] = {"sequence", number};
  out.push_back(text_atom(context_.ids->id(parts)));
  return true;
}

/// The code of a primitive, a Coding, a CodeableConcept or a v2 coded element, with its system where the
/// source is FHIR: v2 names systems by other words than ConceptMaps do.
bool Executor::translate(const TargetPlan& plan, std::optional<Translation>& out) {
  Atom value;
  if (!parameter(plan, 0, value)) return false;
  std::string_view system;
  std::string_view code;
  Node at;
  if (value.held == Held::kText) code = value.text;
  if (value.held == Held::kSource) {
    at = node(value.node);
    if (at.type() == "CodeableConcept") at = at.child("coding");
    if (!at) return true;
    if (at.has_value()) {
      code = at.text();
    } else if (const Node first = at.child("c1")) {
      at = first;
      code = first.text();
    } else {
      system = at.child("system").text();
      if (at.child("system")) mark(at.child("system"));
      at = at.child("code");
      code = at.text();
    }
    if (at) mark(at);
  }
  if (code.empty()) return true;
  out = plan.concepts->find(system, code);
  if (!out) {
    note(fhir::Severity::kWarning, IssueType::kCodeInvalid,
         "the code has no translation in " + plan.concepts->url(), at);
  }
  return true;
}

/// `to` is the element that takes the reference: a Reference, or a primitive.
bool Executor::reference(const TargetPlan& plan, NodeIndex to, bool pointer) {
  Atom subject;
  if (!parameter(plan, 0, subject)) return false;
  if (subject.held != Held::kTarget && subject.held != Held::kSource)
    return fail(IssueType::kProcessing, "reference() and pointer() need a resource");
  if (pair_->target->name(arena_->row(to).type) == "Reference") {
    to = add_child(to, pair_->known.reference);
    if (to == kNoNode) return false;
  }
  if (subject.held == Held::kSource) {
    const std::string text = reference_text(subject, pointer);
    if (text.empty())
      return fail(IssueType::kProcessing, "a reference to a resource that has no id", node(subject.node));
    return set_primitive(to, texts_.keep(text), {}, {});
  }
  TargetNode& at = arena_->at(to);
  at.kind = ValueKind::kString;
  at.pending = pointer ? Pending::kPointer : Pending::kReference;
  at.subject = subject.node;
  blame(to, {});
  arena_->enliven(to);
  pending_.push_back(to);
  return true;
}

/// Elements with parts that a transform fills. Without their main value nothing is made.
bool Executor::make_complex(const TargetPlan& plan, NodeIndex parent, const TargetChild& child,
                            NodeIndex& out) {
  const WellKnownNames& known = pair_->known;
  const fhir::tree::TypeTable& table = *pair_->target;
  if (plan.transform == Transform::kReference || plan.transform == Transform::kPointer) {
    const bool pointer = plan.transform == Transform::kPointer;
    return element(parent, child, plan, table.find_name(pointer ? "uri" : "Reference"), out) &&
           reference(plan, out, pointer);
  }
  Atom parts[4];
  std::string_view type;
  if (plan.transform == Transform::kTranslate) {
    std::optional<Translation> found;
    if (!translate(plan, found)) return false;
    if (!found) return true;
    parts[0] = text_atom(found->system);
    parts[1] = text_atom(found->code);
    parts[2] = text_atom(found->display);
    type = plan.output == TranslateOutput::kCoding ? "Coding" : "CodeableConcept";
  } else {
    for (std::uint32_t i = 0; i < plan.parameters.count; ++i) {
      if (!parameter(plan, i, parts[i])) return false;
    }
  }
  const auto has = [this](const Atom& atom) {
    const auto text = text_of(atom);
    return text && !text->empty();
  };
  const bool one = plan.transform != Transform::kTranslate && plan.parameters.count == 1;
  switch (plan.transform) {
    case Transform::kCodeableConcept: type = "CodeableConcept"; break;
    case Transform::kCoding: type = "Coding"; break;
    case Transform::kQuantity: type = "Quantity"; break;
    case Transform::kIdentifier: type = "Identifier"; break;
    case Transform::kContactPoint: type = "ContactPoint"; break;
    default: break;
  }
  const bool main_first = one || plan.transform == Transform::kQuantity;
  if (!has(parts[main_first ? 0 : 1])) return true;
  if (!element(parent, child, plan, table.find_name(type), out)) return false;
  if (plan.transform == Transform::kQuantity) {
    if (one) {
      const std::string text(*text_of(parts[0]));
      const std::size_t blank = text.find(' ');
      if (blank != std::string::npos) parts[1] = text_atom(std::string_view(text).substr(blank + 1));
      parts[0] = text_atom(std::string_view(text).substr(0, blank));
    }
    return set_child(out, known.value, parts[0]) && set_child(out, known.unit, parts[1]) &&
           set_child(out, known.system, parts[2]) && set_child(out, known.code, parts[3]);
  }
  if (plan.transform == Transform::kIdentifier) {
    if (!set_child(out, known.system, parts[0]) || !set_child(out, known.value, parts[1])) return false;
    if (!has(parts[2])) return true;
    const NodeIndex concept_node = add_child(out, known.type);
    const NodeIndex coding = concept_node == kNoNode ? kNoNode : add_child(concept_node, known.coding);
    return coding != kNoNode &&
           set_child(coding, known.system, text_atom("http://terminology.hl7.org/CodeSystem/v2-0203")) &&
           set_child(coding, known.code, parts[2]);
  }
  if (plan.transform == Transform::kContactPoint) {
    return one ? set_child(out, known.value, parts[0])
               : set_child(out, known.system, parts[0]) && set_child(out, known.value, parts[1]);
  }
  NodeIndex coding = out;
  if (type == "CodeableConcept") {
    if (one) return set_child(out, known.text, parts[0]);
    coding = add_child(out, known.coding);
    if (coding == kNoNode) return false;
  }
  return set_child(coding, known.system, parts[0]) && set_child(coding, known.code, parts[1]) &&
         set_child(coding, known.display, parts[2]);
}

}  // namespace mappings::engine
