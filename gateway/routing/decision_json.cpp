#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>
#include <string_view>

#include "gateway/routing/decision.hpp"

namespace gateway::routing {

namespace {

using Writer = rapidjson::Writer<rapidjson::StringBuffer>;

void text(Writer& writer, std::string_view value) {
  writer.String(value.data(), static_cast<rapidjson::SizeType>(value.size()));
}

void member(Writer& writer, std::string_view key, std::string_view value) {
  writer.Key(key.data(), static_cast<rapidjson::SizeType>(key.size()));
  if (value.empty()) {
    writer.Null();
  } else {
    text(writer, value);
  }
}

void rule_object(Writer& writer, const RuleId& rule) {
  writer.StartObject();
  member(writer, "id", rule.id);
  member(writer, "version", rule.version);
  member(writer, "requirement", rule.requirement);
  writer.EndObject();
}

}  // namespace

std::string_view to_code(Purpose purpose) noexcept {
  switch (purpose) {
    case Purpose::kReferral: return "referral";
    case Purpose::kAdvice: return "advice";
    case Purpose::kConvertibleAdvice: return "convertible-advice";
  }
  return {};
}

std::string to_json(const Decision& decision, const services::Due* triage) {
  rapidjson::StringBuffer buffer;
  Writer writer(buffer);
  writer.StartObject();
  member(writer, "decision", services::to_code(decision.outcome));
  member(writer, "service", decision.service);
  member(writer, "destination", decision.destination);
  writer.Key("rules");
  writer.StartArray();
  for (const RuleId& rule : decision.rules)
    rule_object(writer, rule);
  writer.EndArray();
  writer.Key("refused");
  writer.StartArray();
  for (const RefusedDestination& refused : decision.refused) {
    writer.StartObject();
    member(writer, "destination", refused.destination);
    member(writer, "reason", refused.reason);
    writer.EndObject();
  }
  writer.EndArray();
  member(writer, "reason", decision.reason);
  member(writer, "text", decision.text);
  member(writer, "contact", decision.contact);
  member(writer, "destinationOds", decision.destination_ods);
  member(writer, "specialty", decision.specialty);
  member(writer, "chosenProvider", decision.chosen_provider_ods);
  writer.Key("timeLimitMinutes");
  if (decision.time_limit) {
    writer.Int64(decision.time_limit->count());
  } else {
    writer.Null();
  }
  member(writer, "purpose", to_code(decision.purpose));
  member(writer, "referrer", services::to_code(decision.referrer));
  member(writer, "contract", decision.contract);
  writer.Key("pathway");
  if (decision.pathway) {
    rule_object(writer, *decision.pathway);
  } else {
    writer.Null();
  }
  writer.Key("outOfNetwork");
  writer.Bool(decision.out_of_network);
  member(writer, "place", decision.place);
  member(writer, "catalogue", decision.catalogue);
  if (triage != nullptr) {
    writer.Key("triage");
    writer.StartObject();
    member(writer, "by", fhir::to_text(triage->at));
    member(writer, "reckoned", triage->rule.empty() ? std::string_view("elapsed") : triage->rule);
    writer.EndObject();
  }
  writer.EndObject();
  return {buffer.GetString(), buffer.GetSize()};
}

}  // namespace gateway::routing
