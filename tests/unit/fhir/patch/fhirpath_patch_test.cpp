#include "fhir/patch/fhirpath_patch.hpp"

#include <gtest/gtest.h>
#include <string>

#include "fhir/definitions/definitions.hpp"
#include "fhir/json/reader.hpp"
#include "fhir/json/writer.hpp"

namespace fhir::patch {
namespace {

std::string patched(const std::string& resource, const std::string& operations,
                    const PatchLimits& limits = {}) {
  const tree::ReadOutcome read = json::read(resource, definitions::r4());
  const tree::ReadOutcome patch =
      json::read(R"({"resourceType":"Parameters","parameter":[)" + operations + "]}", definitions::r4());
  EXPECT_FALSE(patch.issues.has_error());
  const PatchOutcome outcome = apply_fhirpath_patch(read.tree->root(), patch.tree->root(), limits);
  EXPECT_EQ(outcome.tree == nullptr, outcome.issues.has_error());
  if (!outcome.tree) return outcome.issues.items().front().text;
  const std::string made = json::write(outcome.tree->root());
  EXPECT_FALSE(json::read(made, definitions::r4()).issues.has_error()) << made;
  return made;
}

std::string operation(const std::string& type, const std::string& path, const std::string& parts = {}) {
  return R"({"name":"operation","part":[{"name":"type","valueCode":")" + type +
         R"("},{"name":"path","valueString":")" + path + "\"}" + (parts.empty() ? "" : "," + parts) + "]}";
}

const std::string kPatient =
    R"({"resourceType":"Patient","id":"p","name":[{"given":["A","B","C"]}],"deceasedBoolean":false})";

TEST(FhirPathPatch, GivesAChoiceTheTypeOfItsValue) {
  EXPECT_EQ(
      patched(kPatient,
              operation("replace", "Patient.deceased", R"({"name":"value","valueDateTime":"2020"})")),
      R"({"resourceType":"Patient","id":"p","name":[{"given":["A","B","C"]}],"deceasedDateTime":"2020"})");
  EXPECT_EQ(
      patched(R"({"resourceType":"Patient","id":"p"})",
              operation("add", "Patient",
                        R"({"name":"name","valueString":"deceased"},{"name":"value","valueBoolean":true})")),
      R"({"resourceType":"Patient","id":"p","deceasedBoolean":true})");
}

TEST(FhirPathPatch, BuildsBackboneElementsFromNestedParts) {
  EXPECT_EQ(
      patched(R"({"resourceType":"Patient","id":"p"})",
              operation("add", "Patient",
                        R"({"name":"name","valueString":"link"},{"name":"value","part":[
                           {"name":"other","valueReference":{"reference":"Patient/2"}},{"name":"type","valueCode":"refer"}]})")),
      R"({"resourceType":"Patient","id":"p","link":[{"other":{"reference":"Patient/2"},"type":"refer"}]})");
}

TEST(FhirPathPatch, MovesBothWaysAndInsertsAtBothEnds) {
  const auto move = [](const char* from, const char* to) {
    return operation("move", "Patient.name.given",
                     std::string(R"({"name":"source","valueInteger":)") + from +
                         R"(},{"name":"destination","valueInteger":)" + to + "}");
  };
  const auto given = [](const std::string& names) {
    return R"({"resourceType":"Patient","id":"p","name":[{"given":[)" + names +
           R"(]}],"deceasedBoolean":false})";
  };
  EXPECT_EQ(patched(kPatient, move("0", "2")), given(R"("B","C","A")"));
  EXPECT_EQ(patched(kPatient, move("2", "0")), given(R"("C","A","B")"));
  EXPECT_EQ(patched(kPatient, move("1", "1")), given(R"("A","B","C")"));
  const auto insert = [](const char* at) {
    return operation(
        "insert", "Patient.name.given",
        std::string(R"({"name":"index","valueInteger":)") + at + R"(},{"name":"value","valueString":"X"})");
  };
  EXPECT_EQ(patched(kPatient, insert("0")), given(R"("X","A","B","C")"));
  EXPECT_EQ(patched(kPatient, insert("3")), given(R"("A","B","C","X")"));
}

TEST(FhirPathPatch, InsertMakesAListThatIsNotThere) {
  EXPECT_EQ(
      patched(
          R"({"resourceType":"Patient","id":"p"})",
          operation(
              "insert", "Patient.contact",
              R"({"name":"index","valueInteger":0},{"name":"value","part":[{"name":"gender","valueCode":"male"}]})")),
      R"({"resourceType":"Patient","id":"p","contact":[{"gender":"male"}]})");
}

TEST(FhirPathPatch, DeleteTakesEmptyParentsAway) {
  const std::string contact = R"({"resourceType":"Patient","id":"p","contact":[{"name":{"text":"x"}}]})";
  EXPECT_EQ(patched(contact, operation("delete", "Patient.contact.name.text")),
            R"({"resourceType":"Patient","id":"p"})");
  EXPECT_EQ(patched(contact, operation("delete", "Patient.birthDate")), contact);
}

TEST(FhirPathPatch, NarrativeIsReachedByItsName) {
  EXPECT_EQ(
      patched(
          R"({"resourceType":"Patient","text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\">a</div>"}})",
          operation(
              "replace", "Patient.text.div",
              R"({"name":"value","valueString":"<div xmlns=\"http://www.w3.org/1999/xhtml\">b</div>"})")),
      R"({"resourceType":"Patient","text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\">b</div>"}})");
}

TEST(FhirPathPatch, WorksInsideBundles) {
  EXPECT_EQ(
      patched(
          R"({"resourceType":"Bundle","type":"collection","entry":[{"resource":{"resourceType":"Patient","active":true}}]})",
          operation("delete", "Bundle.entry[0].resource.active")),
      R"({"resourceType":"Bundle","type":"collection","entry":[{"resource":{"resourceType":"Patient"}}]})");
}

TEST(FhirPathPatch, SaysWhichOperationBreaksWhichRule) {
  const std::string value = R"({"name":"value","valueString":"x"})";
  const std::string name = R"({"name":"name","valueString":"birthDate"})";
  const struct {
    std::string operation;
    const char* text;
  } rows[] = {
      {operation("add", "Patient.contact", name + "," + value), "the path names nothing in the resource"},
      {operation("add", "Patient.name.given", name + "," + value), "the path names more than one element"},
      {operation("add", "Patient",
                 R"({"name":"name","valueString":"deceased"},{"name":"value","valueBoolean":true})"),
       "the element is there already and does not repeat"},
      {operation("add", "Patient", R"({"name":"name","valueString":"colour"},)" + value),
       "there is no such element here, or it does not take a value of this type"},
      {operation("add", "Patient", R"({"name":"name","valueString":"active"},)" + value),
       "there is no such element here, or it does not take a value of this type"},
      {operation("replace", "Patient.gender", value), "the path names nothing in the resource"},
      {operation("replace", "Patient", value), "the whole resource cannot be replaced"},
      {operation("delete", "Patient.name.given"), "the path names more than one element"},
      {operation("delete", "Patient"), "the whole resource cannot be deleted"},
      {operation("delete", "Patient.name.("), "the path is not FHIRPath"},
      {operation("delete", "1 + 1"), "the path names something that is no element of the resource"},
      {operation("insert", "Patient.name.given", R"({"name":"index","valueInteger":4},)" + value),
       "the index is past the end of the list"},
      {operation("insert", "Patient.name.given", value), "the part index is missing or no number from 0 on"},
      {operation("move", "Patient.name.given",
                 R"({"name":"source","valueInteger":3},{"name":"destination","valueInteger":0})"),
       "source or destination is past the end of the list"},
      {operation("merge", "Patient"), "the type is not one of add, insert, delete, replace, move"},
      {operation("add", "Patient", R"({"name":"nome","valueString":"x"})"),
       "a part has a name that operations do not know"},
      {R"({"name":"operations"})", "the parameter is not named operation"},
  };
  for (const auto& row : rows)
    EXPECT_EQ(patched(kPatient, row.operation),
              std::string("Operation 0 of the FHIRPath Patch: ") + row.text + ".");
}

TEST(FhirPathPatch, NothingIsChangedWhenOneOperationFails) {
  const tree::ReadOutcome read = json::read(kPatient, definitions::r4());
  const tree::ReadOutcome patch =
      json::read(R"({"resourceType":"Parameters","parameter":[)" + operation("delete", "Patient.id") + "," +
                     operation("delete", "Patient") + "]}",
                 definitions::r4());
  const PatchOutcome outcome = apply_fhirpath_patch(read.tree->root(), patch.tree->root());
  EXPECT_EQ(outcome.tree, nullptr);
  ASSERT_EQ(outcome.issues.items().size(), 1u);
  EXPECT_EQ(outcome.issues.items().front().expression, "Parameters.parameter[1]");
  EXPECT_EQ(json::write(read.tree->root()), kPatient);
}

TEST(FhirPathPatch, OperationsAndStepsAreBounded) {
  EXPECT_EQ(patched(kPatient, operation("delete", "Patient.id") + "," + operation("delete", "Patient.id"),
                    {.max_operations = 1}),
            "The patch has more than 1 operations.");
  EXPECT_EQ(patched(kPatient, operation("delete", "Patient.descendants().where(true)"), {.max_steps = 3}),
            "Operation 0 of the FHIRPath Patch: the path cannot be evaluated.");
}

}  // namespace
}  // namespace fhir::patch
