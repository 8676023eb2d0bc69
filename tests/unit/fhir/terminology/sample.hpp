// Invented code systems and value sets for the tests of this room.
#pragma once

#include <gtest/gtest.h>
#include <memory>
#include <string>
#include <string_view>

#include "fhir/definitions/definitions.hpp"
#include "fhir/json/reader.hpp"
#include "fhir/packages/registry.hpp"
#include "fhir/terminology/terminology.hpp"

namespace fhir::terminology {

/// Reads a resource; single quotes stand for double ones.
inline tree::TreePtr resource(std::string text) {
  for (char& c : text) {
    if (c == '\'') c = '"';
  }
  const tree::ReadOutcome outcome = json::read(text, definitions::r4());
  for (const Issue& issue : outcome.issues.items())
    ADD_FAILURE() << issue.expression << ": " << issue.text;
  return outcome.tree;
}

/// The core and the resources given.
struct Shelf {
  explicit Shelf(std::initializer_list<std::string> texts = {}) {
    for (const std::string& text : texts)
      EXPECT_TRUE(registry.add(resource(text)).has_value());
  }
  packages::Registry registry = packages::Registry::core();
  Terminology terms{registry};
};

/// A small tree of joints: `limb` (a heading) over `arm` and `leg`, `knee` below `leg`; `flipper` is retired.
inline const std::string kJoints = R"({'resourceType':'CodeSystem','url':'http://example.org/joints',
  'version':'2','status':'active','content':'complete','caseSensitive':true,'valueSet':'http://example.org/vs/joints',
  'property':[{'code':'notSelectable','uri':'http://hl7.org/fhir/concept-properties#notSelectable','type':'boolean'},
    {'code':'inactive','uri':'http://hl7.org/fhir/concept-properties#inactive','type':'boolean'},
    {'code':'bones','type':'integer'}],
  'concept':[
    {'code':'limb','display':'Limb','property':[{'code':'notSelectable','valueBoolean':true}],'concept':[
      {'code':'arm','display':'Arm','property':[{'code':'bones','valueInteger':30}]},
      {'code':'leg','display':'Leg','designation':[{'language':'de','value':'Bein'}],'concept':[
        {'code':'knee','display':'Knee joint','definition':'Joint of the leg'}]}]},
    {'code':'flipper','display':'Flipper','property':[{'code':'inactive','valueBoolean':true}]}]})";

/// A ValueSet `http://example.org/vs/NAME` with this compose.
inline std::string value_set(std::string_view name, std::string_view compose) {
  return std::string("{'resourceType':'ValueSet','status':'active','url':'http://example.org/vs/")
      .append(name)
      .append("','compose':{")
      .append(compose)
      .append("}}");
}

}  // namespace fhir::terminology
