// What a stand-in partner writes: answers to a message, and messages of its own.
#pragma once

#include <string>
#include <string_view>

#include "fhir/base/instant.hpp"
#include "fhir/base/random.hpp"
#include "gateway/http/message.hpp"
#include "gateway/partner/script.hpp"
#include "gateway/partner/seen.hpp"

namespace gateway::partner {

/// The bytes of a resource in the script's format, and their media type.
struct Written {
  std::string bytes;
  std::string media_type;
};
[[nodiscard]] Written write(fhir::tree::Node resource, bool xml);

/// Writes for one partner. One thread. All references outlive it.
class Answers {
 public:
  Answers(const Script& script, const fhir::Clock& clock, fhir::Random& random)
      : script_(script), clock_(clock), random_(random) {}

  /// What the rule says, with the two ids of the request.
  [[nodiscard]] http::Response by_rule(const ReplyRule& rule, const Seen& seen, const http::Request& request);
  /// 409 with issue code duplicate.
  [[nodiscard]] http::Response duplicate(const http::Request& request);
  /// Nothing could be read, or it was no message.
  [[nodiscard]] http::Response refused(int status, std::string_view text, const http::Request& request);

  /// The body of a synchronous answer: MessageHeader alone, its response with the code of `body`.
  [[nodiscard]] fhir::tree::TreePtr business_answer(Body body, const Seen& seen);
  /// `task` as it is to be, with its request and patient as they were received; its response has the code of
  /// `body`.
  [[nodiscard]] fhir::tree::TreePtr task_message(Body body, fhir::tree::Node task, const Seen& seen);

 private:
  [[nodiscard]] http::Response outcome(int status, std::string_view issue, std::string_view text,
                                       const http::Request& request, bool mirror);
  /// Bundle.id that a response of this kind names.
  [[nodiscard]] std::string answered_id(Body body, const Seen& seen);
  const Script& script_;
  const fhir::Clock& clock_;
  fhir::Random& random_;
};

/// The text with every UUID in it replaced by a new one, the same by the same: a file of invented content
/// becomes a message that was never sent before.
[[nodiscard]] std::string with_fresh_ids(std::string_view text, fhir::Random& random);

}  // namespace gateway::partner
