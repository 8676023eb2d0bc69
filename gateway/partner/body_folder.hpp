// A folder in which a stand-in partner keeps every body it receives, byte for byte.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "fhir/base/result.hpp"

namespace gateway::partner {

/// Files `000001-received.json`, `000002-answer.xml` and so on, in the order of receipt. One thread.
/// Synchronous writes: for demonstrations and tests, as the partner itself.
class BodyFolder {
 public:
  /// Made when it is not there. Numbers begin anew: files of an earlier run are overwritten. kUnavailable
  /// when it cannot be made.
  [[nodiscard]] static fhir::Result<BodyFolder> open(std::string path);

  /// `what` is `received` (a message) or `answer` (what the gateway said to a request). The ending is that of
  /// the media type; `bin` for what is neither FHIR nor HL7 v2. Gives the name of the file; empty for an
  /// empty body, or when it could not be written.
  [[nodiscard]] std::string keep(std::string_view what, std::string_view body, std::string_view media_type);

 private:
  explicit BodyFolder(std::string path) : path_(std::move(path)) {}

  std::string path_;
  std::uint32_t count_ = 0;
};

}  // namespace gateway::partner
