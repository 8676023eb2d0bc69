// What rules do: sources, targets, dependents, transforms.
#include <gtest/gtest.h>
#include <string>

#include "sample.hpp"

namespace mappings::engine {
namespace {

constexpr std::string_view kPatient = R"({"resourceType":"Patient","id":"p1","active":true,
  "identifier":[{"system":"urn:a","value":"1"},{"system":"urn:b","value":"2"},{"system":"urn:c","value":"3"}],
  "name":[{"use":"official","family":"Smith","given":["Ann","Mary"]},{"use":"old","family":"Jones"}],
  "telecom":[{"system":"phone","value":"0123"}],"gender":"female","birthDate":"1970-03-01",
  "deceasedDateTime":"2024-05-01T10:00:00Z",
  "contact":[{"name":{"family":"Brown"},"gender":"male"}],"multipleBirthInteger":2})";

struct RuleRow {
  const char* what;
  const char* rules;
  const char* result;  ///< After `{"resourceType":"Patient",`.
};

TEST(Rules, DoWhatTheyAreWrittenFor) {
  static constexpr RuleRow kRows[] = {
      {"short form copies primitives", "src.gender -> tgt.gender;", R"("gender":"female"})"},
      {"short form copies a data type", "src.telecom -> tgt.telecom;",
       R"("telecom":[{"system":"phone","value":"0123"}]})"},
      {"a list of names", "src -> tgt : id, active, birthDate;",
       R"("id":"p1","active":true,"birthDate":"1970-03-01"})"},
      {"a constant", "src -> tgt.gender = 'other';", R"("gender":"other"})"},
      {"a boolean", "src -> tgt.active = false;", R"("active":false})"},
      {"a choice copied keeps its type", "src.deceased -> tgt.deceased;",
       R"("deceasedDateTime":"2024-05-01T10:00:00Z"})"},
      {"a choice takes the type of its value", "src.multipleBirth as v -> tgt.multipleBirth = v;",
       R"("multipleBirthInteger":2})"},
      {"a choice of a literal", "src -> tgt.deceased = true;", R"("deceasedBoolean":true})"},
      {"a type filter",
       "src.deceased : boolean as v -> tgt.deceased = v; src.deceased : dateTime as v -> tgt.active = true;",
       R"("active":true})"},
      {"repeats", "src.name as n -> tgt.name as t then { n.family as f -> t.family = f; };",
       R"("name":[{"family":"Smith"},{"family":"Jones"}]})"},
      {"first", "src.identifier first as i -> tgt.identifier as t, t.value = (i.value);",
       R"("identifier":[{"value":"1"}]})"},
      {"last", "src.identifier last as i -> tgt.identifier as t, t.value = (i.value);",
       R"("identifier":[{"value":"3"}]})"},
      {"not_first", "src.identifier not_first as i -> tgt.identifier as t, t.value = (i.value);",
       R"("identifier":[{"value":"2"},{"value":"3"}]})"},
      {"not_last", "src.identifier not_last as i -> tgt.identifier as t, t.value = (i.value);",
       R"("identifier":[{"value":"1"},{"value":"2"}]})"},
      {"only_one", "src.telecom only_one as i -> tgt.telecom = i;",
       R"("telecom":[{"system":"phone","value":"0123"}]})"},
      {"where on the item", "src.identifier as i where system = 'urn:b' -> tgt.identifier = i;",
       R"("identifier":[{"system":"urn:b","value":"2"}]})"},
      {"where on the variable",
       "src.identifier as i where (i.system != 'urn:b' and i.value.exists()) -> tgt.id = (i.value);",
       R"("id":"3"})"},
      {"where one of",
       "src.identifier as i where (system in ('urn:a' | 'urn:c')) -> tgt.identifier as t, t.value = "
       "(i.value);",
       R"("identifier":[{"value":"1"},{"value":"3"}]})"},
      {"where with FHIRPath", "src.identifier as i where (value.toInteger() > 2) -> tgt.id = (i.value);",
       R"("id":"3"})"},
      {"list options count what the filter left",
       "src.identifier last as i where (value != '3') -> tgt.id = (i.value);", R"("id":"2"})"},
      {"default", "src.maritalStatus default ('x') as v -> tgt.id = v;", R"("id":"x"})"},
      {"default is not used when there is one", "src.id default ('x') as v -> tgt.id = v;", R"("id":"p1"})"},
      {"several sources",
       "src.name first as n, n.given as g -> tgt.name as t, t.text = append(g, ' ', n.family);",
       R"("name":[{"text":"Ann Smith"},{"text":"Mary Smith"}]})"},
      {"deep source paths", "src.contact.name.family as f -> tgt.name as n, n.family = f;",
       R"("name":[{"family":"Brown"}]})"},
      {"deep target paths",
       "src.id as v -> tgt.managingOrganization.identifier.value = v, tgt.managingOrganization.display = "
       "'x';",
       R"("managingOrganization":{"identifier":{"value":"p1"},"display":"x"}})"},
      {"share makes one", "src.identifier as i -> tgt.name as n share all, n.given = (i.value);",
       R"("name":[{"given":["1","2","3"]}]})"},
      {"first among the targets", "src.identifier as i -> tgt.name as n first, n.family = (i.value);",
       R"("name":[{"family":"3"},{"family":"2"},{"family":"1"}]})"},
      {"several values for what repeats", "src.name first as n -> tgt.name as t, t.given = (n.given);",
       R"("name":[{"given":["Ann","Mary"]}]})"},
      {"truncate", "src.birthDate as v -> tgt.id = truncate(v, 4);", R"("id":"1970"})"},
      {"escape", "src -> tgt.id = escape('a<b', 'xml');", R"("id":"a&lt;b"})"},
      {"cast", "src.birthDate as v -> tgt.deceased = cast(v, 'dateTime');",
       R"("deceasedDateTime":"1970-03-01"})"},
      {"append", "src.gender as v -> tgt.id = append('a', v, 1);", R"("id":"afemale1"})"},
      {"uuid", "src -> tgt.id = uuid(), tgt.language = uuid();",
       R"("id":"sequence/1","language":"sequence/2"})"},
      {"lgId", "src.id as v -> tgt.id = (lgId('patient', v));", R"("id":"id/patient/p1"})"},
      {"cc", "src -> tgt.maritalStatus = cc('urn:s', 'M', 'Married');",
       R"("maritalStatus":{"coding":[{"system":"urn:s","code":"M","display":"Married"}]}})"},
      {"cc of a text", "src -> tgt.maritalStatus = cc('Married');", R"("maritalStatus":{"text":"Married"}})"},
      {"c", "src -> tgt.maritalStatus as m, m.coding = c('urn:s', 'M');",
       R"("maritalStatus":{"coding":[{"system":"urn:s","code":"M"}]}})"},
      {"id", "src -> tgt.identifier = id('urn:s', '7', 'MR');",
       R"("identifier":[{"type":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v2-0203","code":"MR"}]},"system":"urn:s","value":"7"}]})"},
      {"cp", "src -> tgt.telecom = cp('phone', '1');", R"("telecom":[{"system":"phone","value":"1"}]})"},
      {"qty", "src -> tgt.extension as e, e.url = 'u', e.value = qty(4.50, 'kg', 'urn:u', 'kg');",
       R"("extension":[{"url":"u","valueQuantity":{"value":4.50,"unit":"kg","system":"urn:u","code":"kg"}}]})"},
      {"create in a choice",
       "src -> tgt.extension as e, e.url = 'u', e.value = create('Period') as p, p.start = '2024';",
       R"("extension":[{"url":"u","valuePeriod":{"start":"2024"}}]})"},
      {"FHIRPath alone makes a variable",
       "src -> ('urn:' & 'x') as base then { src.id as v -> tgt.id = (base & '/' & v); };",
       R"("id":"urn:x/p1"})"},
      {"FHIRPath with a percent sign", "src.name as v -> tgt.id = (%v.family.first());", R"("id":"Jones"})"},
      {"evaluate", "src.name first as v -> tgt.id = evaluate(v, family & '-' & given.first());",
       R"("id":"Smith-Ann"})"},
      {"evaluate of a text is the text", "src -> tgt.id = evaluate(src, 'given');", R"("id":"given"})"},
      {"iif", "src -> tgt.id = (iif(src.active = true, 'yes', 'no'));", R"("id":"yes"})"},
      {"a single element is written once",
       "src -> tgt.maritalStatus as m, m.text = 'a'; src -> tgt.maritalStatus as m, m.text = 'b';",
       R"("maritalStatus":{"text":"b"}})"},
      {"what stays empty is left out", "src -> tgt.name as n, n.period as p; src.id -> tgt.id;",
       R"("id":"p1"})"},
      {"first of a union", "src -> tgt.id = ((src.language | src.name.family).first());", R"("id":"Smith"})"},
      {"a filter within a path", "src -> tgt.id = (src.name.where(use = 'old').family);", R"("id":"Jones"})"},
      {"a filter that asks a variable",
       "src.id as v -> tgt.id = (src.identifier.where(value = '2' and %v = 'p1').system);",
       R"("id":"urn:b"})"},
      {"existence of a filter",
       "src where (src.name.where(use = 'old').exists() and src.name.exists(use = 'x').not()) -> tgt.id = "
       "'y';",
       R"("id":"y"})"},
      {"select and join", "src -> tgt.id = (src.name.select(family & '!').join(','));",
       R"("id":"Smith!,Jones!"})"},
      {"count", "src where (src.identifier.count() = 3) -> tgt.id = 'three';", R"("id":"three"})"},
      {"two paths compared", "src.contact as c where (c.gender != src.gender) -> tgt.id = 'differ';",
       R"("id":"differ"})"},
      {"upper case beyond ASCII", "src -> tgt.id = ('\u00e9a'.upper());", "\"id\":\"\u00c9A\"}"},
      {"order is that of the definition", "src -> tgt.birthDate = '2000', tgt.id = 'x', tgt.active = true;",
       R"("id":"x","active":true,"birthDate":"2000"})"},
      {"narrative", "src -> tgt.text as t, t.status = 'generated', t.div = ('a & b'.lgXhtml());",
       R"("text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\">a &amp; b</div>"}})"},
  };
  for (const RuleRow& row : kRows) {
    const auto ran = sample::transform(sample::patient_map(row.rules), kPatient);
    EXPECT_EQ(ran.json, std::string(R"({"resourceType":"Patient",)") + row.result) << row.what << "\n"
                                                                                   << ran.issues;
  }
}

TEST(Rules, PrimitivesKeepTheirExtensions) {
  const auto ran = sample::transform(
      sample::patient_map("src.birthDate as v -> tgt.birthDate = v;"),
      R"({"resourceType":"Patient","birthDate":"1970","_birthDate":{"extension":[{"url":"u","valueCode":"c"}]}})");
  EXPECT_EQ(
      ran.json,
      R"({"resourceType":"Patient","birthDate":"1970","_birthDate":{"extension":[{"url":"u","valueCode":"c"}]}})")
      << ran.issues;
}

TEST(Rules, ReferencesFollowTheEntryWhereverItIsWritten) {
  const std::string map = R"(
uses "http://hl7.org/fhir/StructureDefinition/Patient" as source
uses "http://hl7.org/fhir/StructureDefinition/Bundle" as target
group main(source src : Patient, target bundle : Bundle) {
  src -> bundle.type = 'collection', create('Task') as task, create('Patient') as patient then {
    src -> task.for = reference(patient), task.owner as owner, owner.reference = reference(patient);
    src -> bundle.entry as e, e.resource = task;
    src -> bundle.entry as e, e.resource = patient then other(src, bundle, e, patient);
  };
}
group other(source src : Patient, target bundle : Bundle, target entry, target patient : Patient) {
  src.id as v -> patient.id = v, entry.fullUrl = ('urn:uuid:' & v);
  src -> bundle.entry as e, e.resource = create('Basic') as basic, basic.subject = reference(src), basic.id = 'b';
})";
  const auto ran = sample::transform(map, kPatient);
  EXPECT_EQ(
      ran.json,
      R"({"resourceType":"Bundle","type":"collection","entry":[)"
      R"({"resource":{"resourceType":"Task","for":{"reference":"urn:uuid:p1"},"owner":{"reference":"urn:uuid:p1"}}},)"
      R"({"fullUrl":"urn:uuid:p1","resource":{"resourceType":"Patient","id":"p1"}},)"
      R"({"resource":{"resourceType":"Basic","id":"b","subject":{"reference":"Patient/p1"}}}]})")
      << ran.issues;
}

TEST(Rules, GroupsExtendAndDefaultGroupsAreFoundByType) {
  const std::string map = R"(
map "http://example.org/site" = "site"
uses "http://hl7.org/fhir/StructureDefinition/Patient" alias P as source
uses "http://hl7.org/fhir/StructureDefinition/Patient" as target
group site(source a : P, target b : Patient) extends base {
  a.birthDate -> b.birthDate;
}
group base(source src : P, target tgt : Patient) {
  src.name -> tgt.name;
  src.identifier -> tgt.identifier;
}
group name(source s : HumanName, target t : HumanName) <<types>> {
  s.family as f -> t.text = f;
}
group identifier(source s : Identifier, target t : Identifier) <<type+>> {
  s.value -> t.value;
})";
  const auto ran = sample::transform(map, kPatient);
  EXPECT_EQ(ran.json, R"({"resourceType":"Patient","identifier":[{"value":"1"},{"value":"2"},{"value":"3"}],)"
                      R"("name":[{"text":"Smith"},{"text":"Jones"}],"birthDate":"1970-03-01"})")
      << ran.issues;
}

TEST(Rules, ImportsFindGroupsOfOtherMaps) {
  const std::string head =
      "uses \"http://hl7.org/fhir/StructureDefinition/Patient\" as source\n"
      "uses \"http://hl7.org/fhir/StructureDefinition/Patient\" as target\n";
  const MapSource maps[] = {
      {"main.fml",
       "map \"http://example.org/main\" = \"main\"\n" + head +
           "imports \"http://example.org/part*\"\n"
           "group main(source s : Patient, target t : Patient) { s -> t then one(s, t), two(s, t); }"},
      {"one.fml",
       "/// url = 'http://example.org/part1'\n" + head +
           "let mark = 'one';\ngroup one(source s : Patient, target t : Patient) { s -> t.id = mark; }"},
      {"two.fml", "/// url = 'http://example.org/part2'\n" + head +
                      "group two(source s : Patient, target t : Patient) { s.gender -> t.gender; }"}};
  const auto plan = Plan::compile(maps, sample::models());
  ASSERT_TRUE(plan.has_value()) << sample::to_text(plan.error());
  const auto source = sample::json(kPatient);
  const auto out = run(**plan, source->root());
  ASSERT_NE(out.tree, nullptr) << sample::to_text(out.issues);
  EXPECT_EQ(fhir::json::write(out.tree->root()),
            R"({"resourceType":"Patient","id":"one","gender":"female"})");
  RunContext context;
  context.start = (*plan)->find_group("two", "http://example.org/part2");
  ASSERT_TRUE(context.start.has_value());
  const auto second = run(**plan, source->root(), context);
  EXPECT_EQ(fhir::json::write(second.tree->root()), R"({"resourceType":"Patient","gender":"female"})");
  EXPECT_EQ((*plan)->first_group_of("two.fml"), context.start);
}

TEST(Rules, TranslateByEmbeddedMapsAndResources) {
  const std::string map = R"(
conceptmap "sex" {
  prefix s = "http://hl7.org/fhir/administrative-gender"
  prefix t = "urn:t"
  s:male - t:M
  s:female - t:"F 1"
}
uses "http://hl7.org/fhir/StructureDefinition/Patient" as source
uses "http://hl7.org/fhir/StructureDefinition/Patient" as target
group main(source src : Patient, target tgt : Patient) {
  src.gender as v -> tgt.id = translate(v, '#sex', 'code'), tgt.maritalStatus = translate(v, 'urn:m', 'CodeableConcept');
  src.identifier as i -> tgt.identifier as t, t.system = translate(i.system, 'urn:m'), t.value = (i.value);
})";
  auto models = sample::models();
  const auto main_map = sample::json(R"({"resourceType":"ConceptMap","url":"urn:m","status":"active","group":[
    {"target":"urn:x","element":[{"code":"female","target":[{"code":"no","equivalence":"disjoint"},
      {"code":"W","display":"Woman","equivalence":"equivalent"}]},{"code":"urn:a","target":[{"equivalence":"unmatched"}]}],
     "unmapped":{"mode":"other-map","url":"urn:n"}}]})");
  const auto other_map =
      sample::json(R"({"resourceType":"ConceptMap","url":"urn:n","status":"active","group":[
    {"target":"urn:y","element":[{"code":"urn:b","target":[{"code":"B","equivalence":"equal"}]}],
     "unmapped":{"mode":"fixed","code":"?"}}]})");
  models.concept_maps = {main_map->root(), other_map->root()};
  const auto ran = sample::transform(map, kPatient, {}, models);
  EXPECT_EQ(
      ran.json,
      R"({"resourceType":"Patient","id":"F 1","identifier":[{"value":"1"},{"system":"B","value":"2"},)"
      R"({"system":"?","value":"3"}],"maritalStatus":{"coding":[{"system":"urn:x","code":"W","display":"Woman"}]}})")
      << ran.issues;
  EXPECT_NE(ran.issues.find("Patient.identifier[0].system"), std::string::npos) << ran.issues;
  EXPECT_FALSE(ran.out.issues.has_error());
}

struct FailureRow {
  const char* rules;
  const char* place;
  const char* text;
};

TEST(Rules, FailWholeWithPlaceAndRule) {
  static constexpr FailureRow kRows[] = {
      {"src.identifier as i check (value != '2') -> tgt.identifier = i \"ids\";", "Patient.identifier[1]",
       "check"},
      {"src.identifier only_one as i -> tgt.identifier = i;", "Patient.identifier[1]", "only one"},
      {"src.maritalStatus 1..* as v -> tgt.maritalStatus = v;", "Patient", "demands"},
      {"src.gender as v -> tgt.active = (v);", "Patient.gender", "no boolean"},
      {"src.gender as v -> tgt.birthDate = cast(v, 'date');", "Patient.gender", "cast to date"},
      {"src.name as n -> tgt.id = (n.given);", "Patient.name[0]", "several values"},
      {"src -> tgt.name as n single, n.family = 'a', tgt.name as m single, m.family = 'b';", "Patient",
       "single"},
      {"src -> create('Task') as t, tgt.generalPractitioner = reference(t);", "Patient", "no id"},
      {"src.name as n -> tgt.multipleBirth = (n.family);", "Patient.name[0]", "cannot be a 'string'"},
  };
  for (const FailureRow& row : kRows) {
    const auto ran = sample::transform(sample::patient_map(row.rules), kPatient);
    ASSERT_NE(ran.plan, nullptr) << row.rules << "\n" << ran.issues;
    EXPECT_EQ(ran.out.tree, nullptr) << row.rules;
    ASSERT_TRUE(ran.out.issues.has_error()) << row.rules;
    const auto& issue = ran.out.issues.items().back();
    EXPECT_EQ(issue.expression, row.place) << row.rules << "\n" << ran.issues;
    EXPECT_NE(issue.text.find(row.text), std::string::npos) << ran.issues;
    EXPECT_NE(issue.text.find("http://example.org/m#main."), std::string::npos) << ran.issues;
    for (const char* value : {"Smith", "female", "urn:b"})
      EXPECT_EQ(ran.issues.find(value), std::string::npos) << ran.issues;
  }
}

TEST(Rules, LimitsRefuseWhatCostsTooMuch) {
  const std::string endless = R"(
uses "http://hl7.org/fhir/StructureDefinition/Patient" as source
uses "http://hl7.org/fhir/StructureDefinition/Patient" as target
group main(source src : Patient, target tgt : Patient) { src -> tgt then main(src, tgt), main(src, tgt); })";
  RunContext context;
  auto ran = sample::transform(endless, kPatient, context);
  EXPECT_NE(ran.issues.find("deeper than the limit"), std::string::npos) << ran.issues;
  context.limits.max_depth = 1000;
  context.limits.max_steps = 500;
  ran = sample::transform(endless, kPatient, context);
  EXPECT_NE(ran.issues.find("step budget"), std::string::npos) << ran.issues;
  context = {};
  context.limits.max_elements = 3;
  ran = sample::transform(sample::patient_map("src.name -> tgt.name; src.identifier -> tgt.identifier;"),
                          kPatient, context);
  EXPECT_NE(ran.issues.find("limit of elements"), std::string::npos) << ran.issues;
}

}  // namespace
}  // namespace mappings::engine
