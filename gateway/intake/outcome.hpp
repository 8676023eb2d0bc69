// What became of one message, for its door to say in its own words.
//
//   switch (outcome.kind) {
//     case Outcome::Kind::kAccepted:   ack(*outcome.committed, "AA");   break;
//     case Outcome::Kind::kDuplicate:  ack(*outcome.committed, "AA");   break;   // what the first was told
//     case Outcome::Kind::kRefused:    nack("AE" or "AR", outcome.refusal->issues);  break;
//     case Outcome::Kind::kTooEarly:   ...                              // the first attempt is under way
//     case Outcome::Kind::kBusy:       ...                              // not taken; try again
//     case Outcome::Kind::kUnknown:    ...                              // nothing known to be stored; try
//     again
//   }
//
// A door writes its positive acknowledgement with a function that takes commit::Committed, so that none can
// leave before the commit.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "fhir/base/error.hpp"
#include "gateway/bars/rec_error.hpp"
#include "gateway/commit/committer.hpp"
#include "gateway/store/ids.hpp"
#include "gateway/store/message_log.hpp"

namespace gateway::intake {

struct Outcome {
  enum class Kind : std::uint8_t {
    kAccepted,   ///< Took effect, or is held for a person. `committed` is the proof.
    kDuplicate,  ///< Was accepted before as `original`; no second effect. `committed`: the repetition is
                 ///< logged. HTTP says 409, with `refusal`; a v2 door says again what it said the first time:
                 ///< accepted.
    kRefused,    ///< Belongs to its sender. `refusal` says why; kept for review as `message`.
    kTooEarly,   ///< The same message is being worked on now. `refusal` says so. Nothing was recorded.
    kBusy,       ///< Too many at a time, or the store is full of work. Nothing was recorded; try again.
    kUnknown,    ///< The commit failed (`error`): stored or not, a repetition finds out.
  };
  Kind kind = Kind::kUnknown;
  store::MessageSeq message;                   ///< Its number in the log; 0 when it got none.
  std::optional<store::MessageSeq> original;   ///< Of a duplicate: the message that took effect.
  std::optional<commit::Committed> committed;  ///< Present when the log holds it.
  bool held = false;                           ///< Accepted, and a person must look before it goes on.
  std::optional<bars::Refusal> refusal;        ///< Of kRefused, kDuplicate, kTooEarly.
  int http_status = 0;                         ///< What the kind is over HTTP.
  std::optional<fhir::Error> error;            ///< Of kBusy, kUnknown.
  std::string answer;                          ///< Body of a 200: the answer Bundle, when one was asked for.
  std::string answer_type;                     ///< Its media type.
};

}  // namespace gateway::intake
