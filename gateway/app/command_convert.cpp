#include <fstream>
#include <iostream>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/json/writer.hpp"
#include "fhir/validate/outcome.hpp"
#include "gateway/app/commands.hpp"
#include "gateway/app/input.hpp"
#include "gateway/app/installation.hpp"
#include "gateway/hl7v2/converter_translator.hpp"
#include "mappings/convert/converter.hpp"
#include "mappings/hl7v2/batch.hpp"

namespace gateway::app {
namespace {

namespace convert = mappings::convert;

/// What the command converts by: the key and the partner of a configuration, or those of a trial.
struct Terms {
  convert::Manifest manifest;
  security::IdKey key = security::IdKey::trial();
};

fhir::Result<Terms> load_terms(const ConvertOptions& options) {
  Terms terms;
  terms.manifest.partner = options.partner;
  if (options.config.empty() && options.partner.empty()) return terms;
  ServeOptions source;
  source.config = options.config;
  source.dev = options.config.empty();
  LIGAMENT_TRY(const Installation installation, load_installation(source));
  if (!options.config.empty()) terms.key = installation.id_key;
  if (options.partner.empty()) return terms;
  for (const config::Partner& partner : installation.config->partners) {
    if (partner.name != options.partner) continue;
    terms.manifest = hl7v2::manifest_of(*installation.config, partner);
    return terms;
  }
  return fhir::fail(fhir::ErrorCode::kNotFound, "the configuration has no partner '" + options.partner + "'");
}

void print_issues(const fhir::IssueList& issues) {
  for (const fhir::Issue& issue : issues.items()) {
    std::cerr << issue.expression << ':' << issue.position.line << ':' << issue.position.column << ": "
              << issue.text << '\n';
  }
}

/// Each message as one of HL7 v2; false when any was refused.
bool convert_outward(const convert::Converter& converter, const Terms& terms,
                     const std::vector<std::string_view>& messages, std::string_view form) {
  convert::ConvertContext context;
  context.hash = [&terms](std::string_view text) { return terms.key.digest("ligament.id", {text}); };
  context.account = false;
  bool all = true;
  for (const std::string_view message : messages) {
    const convert::Conversion in = converter.convert(message, terms.manifest, context);
    fhir::IssueList issues = in.issues;
    if (in.bundle != nullptr) {
      const convert::Outward out =
          converter.convert_out(in.bundle->root(), form, terms.manifest, context.hash);
      if (!out.bytes.empty()) {
        std::cout << out.bytes;
        continue;
      }
      issues = out.issues;
    }
    all = false;
    std::cerr << fhir::json::write(fhir::validate::to_outcome(issues)->root()) << '\n';
  }
  return all;
}

/// One line for each message; false when any was refused.
bool convert_messages(const convert::Converter& converter, const Terms& terms,
                      const std::vector<std::string_view>& messages, std::ostream* receipts) {
  convert::ConvertContext context;
  context.hash = [&terms](std::string_view text) { return terms.key.digest("ligament.id", {text}); };
  bool all = true;
  for (const std::string_view message : messages) {
    const convert::Conversion out = converter.convert(message, terms.manifest, context);
    if (out.bundle == nullptr) {
      all = false;
      std::cout << fhir::json::write(fhir::validate::to_outcome(out.issues)->root()) << '\n';
    } else {
      std::cout << fhir::json::write(out.bundle->root()) << '\n';
    }
    if (receipts != nullptr) *receipts << convert::receipt_json(out) << '\n';
  }
  return all;
}

}  // namespace

int run_convert(const ConvertOptions& options) {
  const bool outward = convert::is_outward_form(options.to);
  if (!options.to.empty() && options.to != "fhir" && !outward) {
    std::cerr << "ligament convert: --to " << options.to
              << " is not offered in this version; fhir and hl7v2:REF_I12, REF_I13, REF_I14, RRI_I12, "
                 "MDM_T02, ADT_A28 are\n";
    return kUsage;
  }
  if (outward && !options.receipt.empty()) {
    std::cerr << "ligament convert: --receipt is for --to fhir\n";
    return kUsage;
  }
  const auto terms = load_terms(options);
  if (!terms.has_value()) {
    std::cerr << "ligament convert: " << terms.error().detail << '\n';
    return kUsage;
  }
  const auto files = mappings::packs::load_packs(options.packs);
  if (!files.has_value()) {
    std::cerr << "ligament convert: " << files.error().detail << '\n';
    return kUsage;
  }
  const auto converter = convert::Converter::make(*files);
  if (!converter) {
    print_issues(converter.error());
    return kUsage;
  }
  const auto bytes = read_file(options.file);
  if (!bytes.has_value()) {
    std::cerr << "ligament convert: " << bytes.error().detail << '\n';
    return kUsage;
  }
  std::ofstream receipts;
  if (!options.receipt.empty()) {
    receipts.open(options.receipt, std::ios::binary | std::ios::trunc);
    if (!receipts) {
      std::cerr << "ligament convert: cannot write " << options.receipt << '\n';
      return kUsage;
    }
  }
  std::vector<std::string_view> messages = {*bytes};
  if (convert::detect_format(*bytes) == convert::Format::kHl7v2 && mappings::hl7v2::is_batch(*bytes)) {
    mappings::hl7v2::Batch batch = mappings::hl7v2::split_batch(*bytes);
    if (batch.issues.has_error()) {
      std::cout << fhir::json::write(fhir::validate::to_outcome(batch.issues)->root()) << '\n';
      return kNegative;
    }
    messages = std::move(batch.messages);
  }
  if (outward) return convert_outward(**converter, *terms, messages, options.to) ? kSuccess : kNegative;
  const bool all =
      convert_messages(**converter, *terms, messages, options.receipt.empty() ? nullptr : &receipts);
  return all ? kSuccess : kNegative;
}

}  // namespace gateway::app
