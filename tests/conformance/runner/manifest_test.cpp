#include "conformance/runner/manifest.hpp"

#include <gtest/gtest.h>

namespace conformance {
namespace {

TEST(Normalised, LeavesOutWhatNamesNoElement) {
  const struct {
    const char* written;
    const char* compared;
  } rows[] = {
      {"Patient.name[0].given[1]", "Patient.name[0].given[1]"},
      {"Bundle.entry[0].resource/*Patient/p*/.text.div", "Bundle.entry[0].resource.text.div"},
      {"Bundle.entry[0].resource/*Patient/p*/", "Bundle.entry[0].resource"},
      {"Patient.extension[0][url='http://a.org/b'].value.ofType(code)",
       "Patient.extension[0].value.ofType(code)"},
      {"/f:Observation/f:status", "Observation.status"},
      {"/f:Observation/f:valueInteger", "Observation.value.ofType(integer)"},
      {"", ""},
  };
  for (const auto& row : rows)
    EXPECT_EQ(normalised(row.written), row.compared);
}

TEST(ReadVerdict, TakesErrorsAndFatalsOnly) {
  const auto verdict = read_verdict(R"({"resourceType":"OperationOutcome","issue":[
    {"severity":"warning","expression":["Patient"]},
    {"severity":"error","expression":["Patient.name[0]"],"details":{"text":"why"}},
    {"severity":"fatal","location":["/f:Patient"]}]})");
  ASSERT_TRUE(verdict.has_value());
  EXPECT_TRUE(verdict->has_error);
  EXPECT_EQ(verdict->places, (std::set<std::string>{"Patient", "Patient.name[0]"}));
  EXPECT_EQ(verdict->issues.size(), 3u);
  EXPECT_FALSE(read_verdict("{\"resourceType\":\"Patient\"}").has_value());
  EXPECT_FALSE(read_verdict("{").has_value());
}

}  // namespace
}  // namespace conformance
