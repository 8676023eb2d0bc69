#include <algorithm>
#include <gtest/gtest.h>

#include "fhir/definitions/definitions.hpp"
#include "fhir/json/reader.hpp"
#include "fhir/search/index_entry.hpp"
#include "fhir/search/parameters.hpp"
#include "fhir/search/period.hpp"
#include "fhir/search/query.hpp"
#include "fhir/search/reference_target.hpp"

namespace fhir::search {
namespace {

std::vector<std::string> entries_of(std::string_view json) {
  const auto outcome = json::read(json, definitions::r4(), ReadLimits{});
  if (outcome.tree == nullptr) {
    ADD_FAILURE() << "the sample does not parse";
    return {};
  }
  std::vector<std::string> lines;
  for (const IndexEntry& entry : index_entries(outcome.tree->root())) {
    std::string line = entry.param + "=" + entry.system + "|" + entry.value;
    if (entry.kind == IndexKind::kDate)
      line = entry.param + "=" + to_text(entry.low) + ".." + to_text(entry.high);
    lines.push_back(line);
  }
  std::ranges::sort(lines);
  return lines;
}
using Lines = std::vector<std::string>;

TEST(IndexEntries, OfAServiceRequest) {
  EXPECT_EQ(entries_of(R"({"resourceType":"ServiceRequest","id":"1","status":"active","intent":"order",
    "identifier":[{"system":"https://fhir.nhs.uk/Id/UBRN","value":"000001"},{"value":"bare"}],
    "category":[{"coding":[{"system":"http://s","code":"c"}]}],
    "subject":{"reference":"Patient/p1","identifier":{"system":"https://fhir.nhs.uk/Id/nhs-number","value":"9990000018"}},
    "requester":{"reference":"https://gp.example.org/fhir/PractitionerRole/r/_history/3"},
    "performer":[{"reference":"urn:uuid:aa"},{"reference":"#contained"}],
    "authoredOn":"2026-11-22"})"),
            (Lines{"identifier=https://fhir.nhs.uk/Id/UBRN|000001", "identifier=|bare",
                   "patient:identifier=https://fhir.nhs.uk/Id/nhs-number|9990000018", "patient=Patient|p1",
                   "status=|active"}));
}

TEST(IndexEntries, APatientParameterTakesOnlyPatients) {
  EXPECT_EQ(entries_of(R"({"resourceType":"Appointment","status":"booked","participant":[
    {"actor":{"reference":"Patient/p1"},"status":"accepted"},
    {"actor":{"reference":"Location/l1"},"status":"accepted"},
    {"actor":{"reference":"Patient/p1"},"status":"accepted"}]})"),
            (Lines{"patient=Patient|p1", "status=|booked"}));
  EXPECT_EQ(entries_of(R"({"resourceType":"Task","status":"requested","intent":"order",
    "for":{"type":"Group","reference":"urn:uuid:g"}})"),
            (Lines{"status=|requested"}));
}

TEST(IndexEntries, TypesWithoutParametersHaveNone) {
  EXPECT_TRUE(entries_of(R"({"resourceType":"Basic","code":{"text":"x"}})").empty());
  EXPECT_FALSE(is_searchable("Basic"));
  EXPECT_TRUE(is_searchable("MessageHeader"));
  for (const char* type : {"ServiceRequest", "Task", "Communication", "Patient", "Appointment"}) {
    EXPECT_FALSE(parameters_of(type).empty()) << type;
  }
}

TEST(Period, EveryPrecisionNamesItsWholePeriod) {
  const auto text = [](std::string_view input) -> std::string {
    const auto period = parse_period(input);
    return period ? to_text(period->low) + ".." + to_text(period->high) : "none";
  };
  EXPECT_EQ(text("2026"), "2026-01-01T00:00:00.000Z..2027-01-01T00:00:00.000Z");
  EXPECT_EQ(text("2026-12"), "2026-12-01T00:00:00.000Z..2027-01-01T00:00:00.000Z");
  EXPECT_EQ(text("2028-02-29"), "2028-02-29T00:00:00.000Z..2028-03-01T00:00:00.000Z");
  EXPECT_EQ(text("2026-11-22T10:30"), "2026-11-22T10:30:00.000Z..2026-11-22T10:31:00.000Z");
  EXPECT_EQ(text("2026-06-22T10:30:05+01:00"), "2026-06-22T09:30:05.000Z..2026-06-22T09:30:06.000Z");
  EXPECT_EQ(text("2026-11-22T10:30:05.25Z"), "2026-11-22T10:30:05.250Z..2026-11-22T10:30:05.260Z");
  for (const char* bad :
       {"", "26", "2026-", "2026-13", "2026-02-29", "2026-1-1", "2026-11-22T", "2026-11-22T24:00",
        "2026-11-22T10:30:61", "2026-11-22T10:30:05.Z", "2026-11-22T10:30:05+1:00", "2026-11-22 10:30",
        "2026x", "2026-11-22T10:30:05Zx", "0000"}) {
    EXPECT_EQ(text(bad), "none") << bad;
  }
}

TEST(ReferenceTarget, TypeAndIdOfEveryForm) {
  const auto text = [](std::string_view reference) {
    const ReferenceTarget target = reference_target(reference);
    return std::string(target.type) + "|" + std::string(target.id);
  };
  EXPECT_EQ(text("Patient/1"), "Patient|1");
  EXPECT_EQ(text("https://h/fhir/Patient/1"), "Patient|1");
  EXPECT_EQ(text("Patient/1/_history/2"), "Patient|1");
  EXPECT_EQ(text("urn:uuid:x"), "|urn:uuid:x");
  EXPECT_EQ(text("1"), "|1");
  EXPECT_EQ(text("#p"), "|");
  EXPECT_EQ(text(""), "|");
  EXPECT_EQ(text("patient/1"), "|patient/1");
  EXPECT_EQ(text("Patient/"), "|Patient/");
}

Result<Parsed> parsed(std::string_view type, std::vector<Pair> pairs, Unknown unknown = Unknown::kRefuse) {
  return parse(type, pairs, unknown);
}

TEST(ParseQuery, ReadsEveryKindOfParameter) {
  const auto result = parsed("Task", {{"_id", "a,b"},
                                      {"identifier", "http://s|v\\,1,|bare,any,http://s|"},
                                      {"patient", "Patient/p1,p2"},
                                      {"patient:identifier", "http://nhs|999"},
                                      {"_lastUpdated", "ge2026-01-01"},
                                      {"_count", "20"},
                                      {"_total", "accurate"},
                                      {"_format", "json"},
                                      {"_cursor", "17"}});
  ASSERT_TRUE(result.has_value()) << to_text(result.error());
  const Query& query = result->query;
  EXPECT_EQ(query.type, "Task");
  EXPECT_EQ(query.count, 20u);
  EXPECT_TRUE(query.total);
  EXPECT_EQ(query.cursor, "17");
  ASSERT_EQ(query.all_of.size(), 5u);
  EXPECT_EQ(query.all_of[0].kind, ClauseKind::kId);
  EXPECT_EQ(query.all_of[0].any_of[1].value, "b");
  const auto& tokens = query.all_of[1].any_of;
  ASSERT_EQ(tokens.size(), 4u);
  EXPECT_EQ(tokens[0].system, "http://s");
  EXPECT_EQ(tokens[0].value, "v,1");
  EXPECT_EQ(tokens[1].system, "");
  EXPECT_EQ(tokens[2].system, std::nullopt);
  EXPECT_EQ(tokens[3].value, std::nullopt);
  EXPECT_EQ(query.all_of[2].kind, ClauseKind::kReference);
  EXPECT_EQ(query.all_of[2].any_of[0].system, "Patient");
  EXPECT_EQ(query.all_of[2].any_of[1].system, std::nullopt);
  EXPECT_EQ(query.all_of[3].kind, ClauseKind::kToken);
  EXPECT_EQ(query.all_of[3].param, "patient:identifier");
  EXPECT_EQ(query.all_of[4].kind, ClauseKind::kLastUpdated);
  EXPECT_EQ(query.all_of[4].any_of[0].prefix, Prefix::kGe);
  EXPECT_EQ(result->applied.size(), 7u);  // neither the format nor the cursor
}

TEST(ParseQuery, RefusesWithoutQuotingValues) {
  const std::vector<std::vector<Pair>> bad = {
      {{"nothing", "SECRET"}},        {{"status:not", "SECRET"}}, {{"status:identifier", "SECRET"}},
      {{"patient", "Group/SECRET"}},  {{"_count", "SECRET"}},     {{"_count", "-1"}},
      {{"_lastUpdated", "SECRET"}},   {{"status", ""}},           {{"identifier", "|"}},
      {{"identifier", "a|b|SECRET"}}, {{"_total", "SECRET"}},     {{"_id", ""}}};
  for (const auto& pairs : bad) {
    const auto result = parsed("Task", pairs);
    ASSERT_FALSE(result.has_value()) << pairs.front().first;
    EXPECT_EQ(result.error().code, ErrorCode::kInvalidRequest);
    EXPECT_EQ(result.error().detail.find("SECRET"), std::string::npos);
  }
  EXPECT_EQ(parsed("Basic", {}).error().code, ErrorCode::kUnsupported);
}

TEST(ParseQuery, LenientPassesOverUnknownParametersOnly) {
  const auto result = parsed("Task", {{"nothing", "x"}, {"status", "accepted"}}, Unknown::kIgnore);
  ASSERT_TRUE(result.has_value());
  EXPECT_EQ(result->applied, (std::vector<Pair>{{"status", "accepted"}}));
  EXPECT_FALSE(parsed("Task", {{"_count", "x"}}, Unknown::kIgnore).has_value());
}

TEST(ParseQuery, IsBounded) {
  EXPECT_EQ(parsed("Task", {{"_count", "99999999999"}})->query.count, kMaxCount);
  EXPECT_EQ(parsed("Task", std::vector<Pair>(21, Pair{"status", "a"})).error().code, ErrorCode::kTooLarge);
  std::string many = "a";
  for (int i = 0; i < 100; ++i)
    many += ",a";
  EXPECT_EQ(parsed("Task", {{"status", many}}).error().code, ErrorCode::kTooLarge);
}

}  // namespace
}  // namespace fhir::search
