#include "gateway/partner/mllp_script.hpp"

#include "mappings/hl7v2/v2_types.hpp"

namespace gateway::partner {
namespace {

using config::YamlMap;
using config::YamlValue;
using mappings::hl7v2::AckCode;
using mappings::hl7v2::AckError;
using mappings::hl7v2::ErrorCode0357;

constexpr std::size_t kMostRules = 200;

fhir::path::PlanPtr compile(const YamlValue& when) {
  const std::string text = when.text();
  if (text.empty()) return nullptr;
  fhir::path::CompileOptions options;
  options.max_bytes = 4096;
  options.max_depth = 60;
  auto plan = fhir::path::Plan::compile(text, mappings::hl7v2::v2_types(), options);
  if (plan.has_value()) return std::move(*plan);
  when.complain("is no FHIRPath: " + fhir::path::to_text(plan.error()));
  return nullptr;
}

AckError read_error(const YamlValue& value) {
  static constexpr ErrorCode0357 kCodes[] = {
      ErrorCode0357::kSegmentSequence, ErrorCode0357::kRequiredMissing, ErrorCode0357::kDataType,
      ErrorCode0357::kTableValue,      ErrorCode0357::kTooLong,         ErrorCode0357::kMessageType,
      ErrorCode0357::kEvent,           ErrorCode0357::kProcessingId,    ErrorCode0357::kVersion,
      ErrorCode0357::kUnknownKey,      ErrorCode0357::kDuplicateKey,    ErrorCode0357::kRecordLocked,
      ErrorCode0357::kInternal};
  YamlMap map = value.map();
  AckError error;
  if (const YamlValue place = map.find("place")) {
    const std::string text = place.text();
    const auto location = mappings::hl7v2::parse_location(text);
    if (location) {
      error.place = *location;
    } else if (!text.empty()) {
      place.complain("is no place such as PID[1]-3[1]");
    }
  }
  error.code = kCodes[map.require("code").one_of(
      {"100", "101", "102", "103", "104", "200", "201", "202", "203", "204", "205", "206", "207"})];
  error.text = map.text_or("text", "");
  return error;
}

MllpRule read_rule(const YamlValue& value, std::size_t number) {
  YamlMap map = value.map();
  MllpRule rule;
  rule.name = map.text_or("name", "rule " + std::to_string(number));
  rule.event = map.text_or("event", "");
  if (const YamlValue when = map.find("when")) rule.when = compile(when);
  if (const YamlValue times = map.find("times"))
    rule.times = static_cast<std::uint32_t>(times.integer(1, 1'000'000));
  rule.delay = map.duration_or("delay", std::chrono::milliseconds(0));
  static constexpr AckCode kCodes[] = {AckCode::kAA, AckCode::kAE, AckCode::kAR,
                                       AckCode::kCA, AckCode::kCE, AckCode::kCR};
  if (const YamlValue code = map.find("code"))
    rule.code = kCodes[code.one_of({"AA", "AE", "AR", "CA", "CE", "CR"})];
  if (const YamlValue error = map.find("error")) rule.error = read_error(error);
  if (const YamlValue decision = map.find("decision")) {
    rule.decision =
        decision.one_of({"accepted", "rejected"}) == 0 ? Decision::kAccepted : Decision::kRejected;
    if (!rule.event.empty() && !rule.event.starts_with("REF"))
      decision.complain("goes with a referral, REF, only");
  }
  rule.twice = map.boolean_or("twice", false);
  rule.silent = map.boolean_or("silent", false);
  rule.drop = map.boolean_or("drop", false);
  rule.wrong_control_id = map.boolean_or("wrong_control_id", false);
  if (rule.silent && rule.drop) value.complain("is either `silent` or `drop`");
  return rule;
}

}  // namespace

std::vector<MllpRule> read_mllp_rules(const YamlValue& mllp) {
  std::vector<MllpRule> rules;
  YamlMap map = mllp.map();
  const std::vector<YamlValue> values = map.require("replies").list();
  if (values.size() > kMostRules) mllp.complain("has more than " + std::to_string(kMostRules) + " replies");
  rules.reserve(values.size());
  for (const YamlValue& value : values)
    rules.push_back(read_rule(value, rules.size() + 1));
  return rules;
}

}  // namespace gateway::partner
