#include "mappings/convert/converter.hpp"

#include <algorithm>
#include <utility>

#include "fhir/definitions/definitions.hpp"
#include "fhir/json/reader.hpp"
#include "fhir/tree/expression.hpp"
#include "fhir/validate/validate.hpp"
#include "fhir/xml/reader.hpp"
#include "mappings/convert/converter_body.hpp"
#include "mappings/convert/entry_map.hpp"
#include "mappings/convert/losses.hpp"
#include "mappings/convert/message_ids.hpp"
#include "mappings/convert/partner_names.hpp"
#include "mappings/convert/repetition.hpp"
#include "mappings/convert/without_nulls.hpp"
#include "mappings/engine/plan.hpp"
#include "mappings/engine/run.hpp"
#include "mappings/hl7v2/location.hpp"
#include "mappings/hl7v2/read.hpp"
#include "mappings/hl7v2/v2_types.hpp"

namespace mappings::convert {

using fhir::IssueType;
using fhir::Severity;
using fhir::tree::Node;

namespace {

class V2Places final : public engine::SourceNames {
 public:
  [[nodiscard]] std::string place(Node source) const override {
    return hl7v2::to_text(hl7v2::location(source));
  }
};

/// Reads an R4 message as it is.
void pass_through(Conversion& out, std::string_view bytes, const ConvertContext& context) {
  const fhir::tree::TypeTable& table = fhir::definitions::r4();
  fhir::tree::ReadOutcome outcome = out.facts.format == Format::kFhirXml
                                        ? fhir::xml::read(bytes, table, context.limits)
                                        : fhir::json::read(bytes, table, context.limits);
  out.issues = std::move(outcome.issues);
  out.source = std::move(outcome.tree);
  if (out.source == nullptr || out.issues.has_error()) return;
  const Node root = out.source->root();
  if (root.type() != "Bundle" || root.child("type").text() != "message") {
    out.issues.add(Severity::kError, IssueType::kInvalid, "Bundle.type",
                   "a Bundle of type message is required");
    return;
  }
  if (context.validate) {
    fhir::validate::ValidateOptions options;
    options.source = bytes;
    options.report_unchecked_codes = false;
    out.verdict = fhir::validate::ValidTree::check(out.source, options, out.issues);
  }
  if (!out.issues.has_error()) out.bundle = out.source;
}

/// A PID anywhere: at the top, or in the group of a patient.
bool has_patient(Node message) {
  return message.child("PID") || message.at("PATIENT", "PID") ||
         message.at("PATIENT_RESULT", "PATIENT", "PID");
}

Entry choose_entry(Conversion& out, const Manifest& partner) {
  const hl7v2::Header& header = out.facts.header;
  const Entry entry = find_entry(header.type, header.event, partner);
  switch (entry.answer) {
    case EntryAnswer::kFound: out.facts.entry = entry.group; break;
    case EntryAnswer::kUnknownType:
      out.issues.add(Severity::kError, IssueType::kNotSupported, "MSH[1]-9[1].1",
                     "messages of this type are not taken");
      break;
    case EntryAnswer::kUnknownEvent:
    case EntryAnswer::kNotTaken:
      out.issues.add(Severity::kError, IssueType::kNotSupported, "MSH[1]-9[1].2", "this event is not taken");
      break;
  }
  return entry;
}

/// The validator's issues; errors at the place of the source that the element came from.
void add_validation(Conversion& out, const fhir::IssueList& found) {
  for (const fhir::Issue& issue : found.items()) {
    const bool error = issue.severity == Severity::kError || issue.severity == Severity::kFatal;
    if (!error) {
      out.issues.add(issue);
      continue;
    }
    fhir::Issue moved = issue;
    if (std::string place = source_place(out, issue.expression); !place.empty()) {
      moved.text.append(" (").append(issue.expression).append(")");
      moved.expression = std::move(place);
    }
    out.issues.add(std::move(moved));
  }
}

}  // namespace

bool Conversion::lost_mandatory() const noexcept {
  return std::ranges::any_of(losses, &Loss::mandatory);
}

Format detect_format(std::string_view bytes) noexcept {
  if (bytes.starts_with("\xEF\xBB\xBF")) bytes.remove_prefix(3);
  const std::size_t first = bytes.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return Format::kHl7v2;
  return bytes[first] == '{' ? Format::kFhirJson : bytes[first] == '<' ? Format::kFhirXml : Format::kHl7v2;
}

Converter::Converter(std::unique_ptr<const ConverterBody> body) : body_(std::move(body)) {}
Converter::~Converter() = default;

Converter::Made Converter::make(std::span<const packs::OwnedPackFile> files) {
  auto body = std::make_unique<ConverterBody>();
  std::vector<engine::MapSource> maps;
  std::vector<fhir::tree::TreePtr> tables;
  engine::Models models;
  models.tables = {{std::string(engine::kR4Prefix), &fhir::definitions::r4()},
                   {std::string(engine::kV2Prefix), &hl7v2::v2_types()}};
  fhir::IssueList issues;
  for (const packs::OwnedPackFile& file : files) {
    if (file.name.ends_with(".map")) {
      maps.push_back({file.name, file.text});
      continue;
    }
    fhir::tree::ReadOutcome outcome = fhir::json::read(file.text, fhir::definitions::r4(), {});
    if (outcome.tree == nullptr || outcome.issues.has_error()) {
      issues.add(Severity::kError, IssueType::kInvalid, file.name,
                 "the code table is no ConceptMap that can be read");
      continue;
    }
    add_names(body->names, outcome.tree->root());
    models.concept_maps.push_back(outcome.tree->root());
    tables.push_back(std::move(outcome.tree));
  }
  if (issues.has_error()) return tl::unexpected(std::move(issues));
  auto plan = engine::Plan::compile(maps, models);
  if (!plan) return tl::unexpected(std::move(plan.error()));
  body->plan = std::move(*plan);
  return std::shared_ptr<const Converter>(new Converter(std::move(body)));
}

bool Converter::has_group(std::string_view name) const {
  return body_->plan->find_group(name).has_value();
}

Conversion Converter::convert(std::string_view bytes, const Manifest& partner,
                              const ConvertContext& context) const {
  Conversion out;
  out.facts.format = detect_format(bytes);
  if (out.facts.format != Format::kHl7v2) {
    pass_through(out, bytes, context);
    return out;
  }
  if (auto header = hl7v2::read_header(bytes)) out.facts.header = std::move(*header);
  hl7v2::ReadOptions options;
  if (!partner.character_set.empty()) options.default_character_set = partner.character_set;
  options.treat_latin1_as_windows1252 = partner.latin1_is_windows1252;
  fhir::tree::ReadOutcome outcome = hl7v2::read(bytes, options, context.limits);
  out.issues = std::move(outcome.issues);
  if (outcome.tree == nullptr || out.issues.has_error()) {
    out.source = std::move(outcome.tree);
    return out;
  }
  out.source = without_nulls(outcome.tree);
  const Node message = out.source->root();
  out.facts.structure = message.type();
  out.facts.has_business_number = has_business_number(message);
  const Digest digest = repetition_digest(bytes, message, out.facts.has_business_number, context.hash);
  out.facts.repetition_key = hexadecimal(digest);
  const Entry entry = choose_entry(out, partner);
  if (entry.answer != EntryAnswer::kFound) return out;
  if (!has_patient(message)) {
    out.issues.add(Severity::kError, IssueType::kRequired, "PID[1]", "the message names no patient");
    return out;
  }
  const auto group = body_->plan->find_group(entry.group);
  if (!group) {
    out.issues.add(Severity::kError, IssueType::kProcessing, "",
                   "the entry map names a group that no map has: " + std::string(entry.group));
    return out;
  }
  const PartnerNames names(body_->names, partner, message);
  MessageIds ids(context.hash, partner.partner, digest);
  const V2Places places;
  engine::RunContext run;
  run.ids = &ids;
  run.lookup = &names;
  run.zone = partner.zone;
  run.names = &places;
  run.start = group;
  engine::Transformed made = engine::run(*body_->plan, message, run);
  out.issues.append(made.issues);
  if (made.tree == nullptr) return out;
  out.bundle = std::move(made.tree);
  out.receipt = std::move(made.receipt);
  const bool is_referral = out.facts.header.type == "REF" || out.facts.header.type == "ORM";
  if (context.account) out.losses = body_->losses.find(out.receipt, message, is_referral);
  if (context.validate) {
    fhir::validate::ValidateOptions check;
    check.report_unchecked_codes = false;
    fhir::IssueList found;
    out.verdict = fhir::validate::ValidTree::check(out.bundle, check, found);
    add_validation(out, found);
  }
  if (out.issues.has_error()) {
    out.bundle.reset();
    out.verdict.reset();
  }
  return out;
}

}  // namespace mappings::convert
