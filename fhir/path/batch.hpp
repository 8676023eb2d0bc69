// `ligament fhirpath --batch`: one NDJSON request in, one result line out.
//
// Request:
// {"id":any,"file":"patient.xml","expression":"name.given"[,"context":"Patient.contact"][,"mode":"strict"]}
// Answer:   {"id":any,"result":[{"type":"string","value":"Ann"}]}  or
// {"id":any,"error":{"kind":"execution","message":"..."}}
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "fhir/base/instant.hpp"
#include "fhir/base/result.hpp"
#include "fhir/path/evaluate.hpp"
#include "fhir/tree/tree.hpp"

namespace fhir::path {

/// What a batch needs. Both references outlive it.
struct BatchOptions {
  const tree::TypeTable& table;
  const Clock& clock;
  /// Reads one file of the request into a tree; the caller decides about formats and caching. A request
  /// without a file runs on empty input and does not call it.
  std::function<Result<tree::TreePtr>(std::string_view file)> read_file;
  /// Makes the host for one tree; may be empty.
  std::function<std::unique_ptr<Host>(tree::Node root)> make_host = nullptr;
  EvalLimits limits = {};
};

/// The answer to one request line, without a newline. Never fails: what cannot be read is an error answer, of
/// kind `syntax` for a malformed request or expression and `execution` for a file that cannot be read. Not
/// thread-safe with one read_file.
[[nodiscard]] std::string answer_request(std::string_view line, const BatchOptions& options);

}  // namespace fhir::path
