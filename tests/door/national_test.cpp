// The published messages of the national standard, posted to the door as they are and, because the sample NHS
// number 3478526985 fails its check digit, again with one that stands. Expected: the guide's receiver rules
// for a hub that serves none of their use cases, with the known defects of the samples.
#include <cstdio>

#include "tests/conformance/suites.hpp"
#include "tests/door/refused.hpp"

namespace gateway::door {
namespace {

/// `STATUS REC-code issue-code` of a refusal, `200 STATE` of what was taken.
struct Expected {
  const char* as_published;
  const char* with_a_number_that_stands;
};

constexpr const char* kValue = "400 REC_BAD_REQUEST value";
constexpr const char* kHeld = "200 quarantined";
constexpr const char* kUnknown = "404 REC_NOT_FOUND not-found";
constexpr const char* kNoBooking = "422 REC_UNPROCESSABLE_ENTITY not-supported";
constexpr const char* kInvariant = "422 REC_UNPROCESSABLE_ENTITY invariant";

/// By the beginning of the file name; the longest counts.
const std::map<std::string, Expected> kExpected = {
    {"REFREQ04", {kInvariant, kInvariant}},  // Condition.clinicalStatus is a coding without its system
    {"REFREQ05", {kInvariant, kInvariant}},  // the same
    {"REFREQ", {kValue, kHeld}},             // well-formed, of a use case nobody here takes
    {"SERVREQ01", {kValue, kUnknown}},       // withdraws what never came
    {"VALREQ01", {kValue, kHeld}},           // a validation, asked of nobody here
    {"VALRESP01 ", {kValue, kHeld}},         // the file repeats the request
    {"VALRESP01A", {kValue, kUnknown}},      // answers what was never asked
    {"VALRESP01B", {kValue, kUnknown}},
    {"BOOKREQ01", {kNoBooking, kNoBooking}},
    {"BOOKREQRESP01", {kValue, kValue}},  // a searchset; a system with spaces
    {"Booking (POST)", {kNoBooking, kNoBooking}},
    {"ValidationRequest (POST)", {kValue, kHeld}},
    {"ValidationResponse (POST)", {kValue, kUnknown}},
};

const Expected* find_expected(const std::string& name) {
  const std::pair<const std::string, Expected>* best = nullptr;
  for (const auto& row : kExpected) {
    if (name.starts_with(row.first) && (best == nullptr || row.first.size() > best->first.size()))
      best = &row;
  }
  return best == nullptr ? nullptr : &best->second;
}

bool is_message(const std::filesystem::path& path) {
  if (path.parent_path().filename() == "request") return path.extension() == ".json";
  const std::string name = path.filename().string();
  for (const std::string_view start : {"REFREQ", "VALREQ", "SERVREQ", "BOOKREQ", "VALRESP"}) {
    if (name.starts_with(start)) return true;
  }
  return false;
}

std::string post(const std::string& body, bool xml, std::string& verdict, std::string& place) {
  House house(true);
  Ask ask = house.message(body);
  ask.claims = false;
  if (xml) ask.type = ask.accept = "application/fhir+xml";
  const Answer answer = house.send(ask);
  const auto messages = house.messages();
  verdict = messages.empty() ? "none" : std::string(store::to_text(messages.front().verdict));
  const auto places = answer.expressions();
  place = places.empty() ? "" : places.front();
  if (answer.status != 200) return std::to_string(answer.status) + ' ' + answer.verdict();
  const auto referrals = house.referrals();
  return "200 " + (referrals.empty() ? std::string("no referral") : referrals.front().state);
}

std::string with_a_number_that_stands(std::string body) {
  for (std::size_t at = body.find("3478526985"); at != std::string::npos; at = body.find("3478526985", at))
    body.replace(at, 10, "9990000018");
  return body;
}

TEST(NationalSamples, AreAcceptedOrRefusedAsTheGuideSays) {
  const std::filesystem::path suite = fhir::conformance::suite("bars");
  if (suite.empty()) GTEST_SKIP() << "no bars in LIGAMENT_SUITES";
  std::size_t files = 0;
  std::printf("%-36s %-8s %-44s | %-8s %s\n", "file", "verdict", "as published", "verdict",
              "with a number that stands");
  for (const auto& root : {suite / "examples", suite / "api-1.3.0" / "process_message" / "request"}) {
    for (const std::filesystem::path& file : fhir::conformance::files_of(root)) {
      if (!is_message(file)) continue;
      const std::string name = file.filename().string();
      SCOPED_TRACE(name);
      const Expected* expected = find_expected(name);
      ASSERT_NE(expected, nullptr) << "a file without an expected row";
      const std::string body = fhir::conformance::bytes_of(file);
      const bool xml = file.extension() == ".xml";
      std::string verdict;
      std::string place;
      const std::string published = post(body, xml, verdict, place);
      std::printf("%-36.36s %-8.8s %-44s | ", name.c_str(), verdict.c_str(), published.c_str());
      std::string second_place;
      const std::string standing = post(with_a_number_that_stands(body), xml, verdict, second_place);
      std::printf("%-8.8s %s\n", verdict.c_str(), standing.c_str());
      EXPECT_EQ(published, expected->as_published) << place;
      EXPECT_EQ(standing, expected->with_a_number_that_stands) << second_place;
      ++files;
    }
  }
  EXPECT_EQ(files, 17U);
}

}  // namespace
}  // namespace gateway::door
