// The messages of the simulated practices and of the hub, as bytes. The referrals are the four of
// samples/demonstration with everything changed that must differ.
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "fhir/base/instant.hpp"
#include "fhir/base/random.hpp"
#include "fhir/tree/tree.hpp"
#include "tests/simulation/records.hpp"

namespace tests::simulation {

/// The kinds of samples/demonstration, in the order of their file names.
enum class Kind : std::uint8_t { kKnee, kUnderSixteen, kRedFlag, kChoice };

class Drafts {
 public:
  /// Reads the samples. Throws std::runtime_error when they are not there.
  Drafts();

  /// A new referral of `partner`, all its ids drawn from `random`. Not `valid`: its NHS number fails its
  /// check digit.
  [[nodiscard]] Sent referral(Kind kind, const std::string& partner, fhir::Instant at, fhir::Random& random,
                              bool valid = true) const;
  /// A later word about `earlier`, under ids of its own.
  [[nodiscard]] Sent later(const Sent& earlier, Act act, fhir::Instant at, fhir::Random& random) const;

 private:
  std::array<std::string, 4> samples_;
};

/// A number of the 999 range. `valid` false: with a wrong check digit.
[[nodiscard]] std::string nhs_number(fhir::Random& random, bool valid = true);

/// The Task with the word in it.
[[nodiscard]] std::string decided_task(fhir::tree::Node task, Word word);

/// The hub's servicerequest-response for a request it received: its own Task, request and patient, the Task
/// with the word in it. Ids are drawn from `random`.
[[nodiscard]] std::string response_message(fhir::tree::Node request, Word word, fhir::Instant at,
                                           fhir::Random& random);

/// The synchronous business answer to a message, naming `bundle_id`.
[[nodiscard]] std::string business_answer(std::string_view bundle_id);
[[nodiscard]] std::string duplicate_outcome();

}  // namespace tests::simulation
