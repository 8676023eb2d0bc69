#include "fhir/path/batch.hpp"

#include <gtest/gtest.h>
#include <string>

#include "tests/unit/fhir/path/sample.hpp"

namespace fhir::path {
namespace {

class Batch : public ::testing::Test {
 protected:
  std::string answer(std::string_view line) {
    const BatchOptions options{
        .table = definitions::r4(), .clock = clock_, .read_file = [](std::string_view file) {
          return file == "p.json" ? Result<tree::TreePtr>(read_sample())
                                  : Result<tree::TreePtr>(fail(ErrorCode::kNotFound, "no such file"));
        }};
    return answer_request(line, options);
  }
  ManualClock clock_{*parse_instant("2026-11-22T05:06:07.890Z")};
};

TEST_F(Batch, AnswersEveryRequestWithOneLine) {
  static constexpr Row kRows[] = {
      {R"j({"id":1,"file":"p.json","expression":"birthDate"})j",
       R"j({"id":1,"result":[{"type":"date","value":"1974-12-25"}]})j"},
      {R"j({"id":"a","file":"p.json","expression":"extension.value.value | 1.50"})j",
       R"j({"id":"a","result":[{"type":"decimal","value":72.50},{"type":"decimal","value":1.50}]})j"},
      {R"j({"id":2,"file":"p.json","expression":"name[1]"})j",
       R"j({"id":2,"result":[{"type":"HumanName","value":{"use":"usual","given":["Annie"]}}]})j"},
      {R"j({"id":3,"file":"p.json","expression":"given","context":"Patient.name[0]"})j",
       R"j({"id":3,"result":[{"type":"string","value":"Ann"},{"type":"string","value":"Beth"}]})j"},
      {R"j({"expression":"1 + 1 | true | 'a\"b' | @2015T | 4 days"})j",
       R"j({"id":null,"result":[{"type":"integer","value":2},{"type":"boolean","value":true},{"type":"string","value":"a\"b"},)j"
       R"j({"type":"dateTime","value":"2015"},{"type":"Quantity","value":{"value":4,"unit":"days"}}]})j"},
      {R"j({"id":4,"file":"p.json","expression":"link"})j", R"j({"id":4,"result":[]})j"},
      {R"j({"id":5,"file":"p.json","expression":"name.("})j",
       R"j({"id":5,"error":{"kind":"syntax","message":"a name is needed here (at 5)"}})j"},
      {R"j({"id":6,"file":"p.json","expression":"name.first().given1","mode":"strict"})j",
       R"j({"id":6,"error":{"kind":"semantic","message":"no element 'given1' can be there (at 13)"}})j"},
      {R"j({"id":7,"file":"p.json","expression":"name.single()"})j",
       R"j({"id":7,"error":{"kind":"execution","message":"single(): the input has several items (at 5)"}})j"},
      {R"j({"id":8,"file":"q.json","expression":"name"})j",
       R"j({"id":8,"error":{"kind":"execution","message":"cannot read the file: no such file (at 0)"}})j"},
      {R"j({"id":9,"file":"p.json"})j",
       R"j({"id":9,"error":{"kind":"syntax","message":"'expression' is missing (at 0)"}})j"},
      {R"j({"id":10,"expression":7})j",
       R"j({"id":10,"error":{"kind":"syntax","message":"'file', 'expression', 'context' and 'mode' are strings (at 0)"}})j"},
      {"not json",
       R"j({"id":null,"error":{"kind":"syntax","message":"a request is one JSON object (at 0)"}})j"},
      {R"j({"id":11,"expression":"1.type()"})j",
       R"j({"id":11,"result":[{"type":"TypeInfo","value":{"namespace":"System","name":"Integer"}}]})j"},
  };
  for (const Row& row : kRows)
    EXPECT_EQ(answer(row.expression), row.expected);
}

}  // namespace
}  // namespace fhir::path
