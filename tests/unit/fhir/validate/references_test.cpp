#include "fhir/validate/references.hpp"

#include <gtest/gtest.h>

namespace fhir::validate {
namespace {

struct ShapeCase {
  const char* text;
  ReferenceShape shape;
  const char* type;
  const char* id;
};

TEST(ReadReference, KnowsTheShapes) {
  using enum ReferenceShape;
  const ShapeCase cases[] = {
      {"Patient/1", kRelative, "Patient", "1"},
      {"Patient/1/_history/2", kRelative, "Patient", "1"},
      {"Library/a#part", kRelative, "Library", "a"},
      {"#p1", kFragment, "", "p1"},
      {"#", kFragment, "", ""},
      {"http://example.org/fhir/Patient/1", kAbsolute, "", ""},
      {"urn:uuid:c757873d-ec9a-4326-a141-556f43239520", kAbsolute, "", ""},
      {"Patient?identifier=a|1", kSearch, "Patient", ""},
      {"", kMalformed, "", ""},
      {"Patient", kMalformed, "", ""},
      {"Patient/", kMalformed, "", ""},
      {"/Patient/1", kMalformed, "", ""},
      {"patient/1", kMalformed, "", ""},
      {"Patient/1/2", kMalformed, "", ""},
      {"Patient/1/_history/", kMalformed, "", ""},
      {"Patient/a b", kMalformed, "", ""},
      {"?name=x", kMalformed, "", ""},
      {"http:", kMalformed, "", ""},
  };
  for (const ShapeCase& row : cases) {
    SCOPED_TRACE(row.text);
    const ReferenceText read = read_reference(row.text);
    EXPECT_EQ(read.shape, row.shape);
    EXPECT_EQ(read.type, row.type);
    EXPECT_EQ(read.id, row.id);
  }
}

}  // namespace
}  // namespace fhir::validate
