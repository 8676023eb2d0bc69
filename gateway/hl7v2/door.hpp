// The HL7 v2 door: one message in a frame, what it means handed to intake, what became of it said in the
// words of its sender's version.
//
//   Hl7v2Door door(parts);
//   mllp::MllpServer server(context, door, limits);
//
// | outcome                                         | original mode        | enhanced mode        |
// |-------------------------------------------------|----------------------|----------------------|
// | accepted, or accepted before                    | AA                   | CA, AA               |
// | refused for its content                         | AE with ERR          | CE or AE with ERR    |
// | refused for MSH-9, MSH-11 or MSH-12 (200 - 203) | AR with ERR          | CR or AR with ERR    |
// | too large, no MSH, sender unknown               | AR with ERR 207      | CR with ERR 207      |
// | busy, under way, or the commit is unknown       | AR, 207 "send it again later" | CR          |
//
// Nothing positive is said but with a commit in hand, nothing at all to an acknowledgement. No ERR holds a
// value of a message.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "fhir/base/random.hpp"
#include "gateway/hl7v2/deferred_answers.hpp"
#include "gateway/hl7v2/senders.hpp"
#include "gateway/hl7v2/spoken_code.hpp"
#include "gateway/hl7v2/translator.hpp"
#include "gateway/intake/arrival.hpp"
#include "gateway/intake/outcome.hpp"
#include "gateway/mllp/receiver.hpp"

namespace gateway::hl7v2 {

/// Intake::process, as a function, so that a door can be tried without a store.
using TakeIn = std::function<async::awaitable<intake::Outcome>(intake::Arrival)>;

/// All outlive the door.
struct DoorParts {
  std::shared_ptr<const config::Config> config;
  bool dev = false;
  TakeIn take_in;
  Translator& translator;
  DeferredAnswers& deferred;
  const fhir::Clock& clock;
  fhir::Random& random;
  /// Told the code of table 0008 said to each message, `none` when nothing was said.
  std::function<void(std::string_view code)> on_spoken = {};
  /// Told the address of each connection that is of nobody.
  std::function<void(const async::Address& from)> on_turned_away = {};
};

/// One I/O thread.
class Hl7v2Door final : public mllp::Receiver {
 public:
  explicit Hl7v2Door(DoorParts parts);

  /// Who may send from now on; open connections are asked anew with their next message.
  void use(std::shared_ptr<const config::Config> config);

  [[nodiscard]] std::optional<mllp::Terms> admit(const mllp::Peer& peer) override;
  [[nodiscard]] async::awaitable<mllp::Reply> receive(mllp::Message message) override;
  [[nodiscard]] std::string refuse(const mllp::Peer& peer, const std::string& head,
                                   mllp::Refused why) override;

 private:
  /// What is to be said of a message, and of what.
  struct Judgement {
    Fate fate = Fate::kRejected;
    std::vector<mappings::hl7v2::AckError> errors;
  };

  [[nodiscard]] static async::awaitable<mllp::Reply> take(Hl7v2Door* self, mllp::Message message);
  [[nodiscard]] intake::Arrival arrival_of(const config::Partner& partner, std::string bytes,
                                           const mappings::hl7v2::Header& header, Translation& translation);
  [[nodiscard]] static Judgement judge(const intake::Outcome& outcome, const Translation& translation);
  [[nodiscard]] mllp::Reply say(const mappings::hl7v2::Header& header, Judgement judgement,
                                std::string_view partner);
  [[nodiscard]] std::string acknowledgement(const mappings::hl7v2::Header& header,
                                            mappings::hl7v2::AckCode code,
                                            std::vector<mappings::hl7v2::AckError> errors);
  void spoke(std::string_view code) const;

  DoorParts parts_;
  Senders senders_;
};

}  // namespace gateway::hl7v2
