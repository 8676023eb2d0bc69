// The MLLP side of a stand-in partner: takes HL7 v2 messages and acknowledges them as its script says, well
// or badly. It writes frames itself, because it also does what no good receiver does.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "fhir/base/random.hpp"
#include "fhir/tree/tree.hpp"
#include "gateway/async/network.hpp"
#include "gateway/async/task_group.hpp"
#include "gateway/async/timers.hpp"
#include "gateway/mllp/framer.hpp"
#include "gateway/partner/body_folder.hpp"
#include "gateway/partner/journal.hpp"
#include "gateway/partner/mllp_script.hpp"
#include "mappings/hl7v2/header.hpp"

namespace gateway::partner {

/// The bytes of an answer to `original`, without framing; its own control id and instant are given. A
/// decision is an RRI^I12 with the RF1, PRD and PID of the original. Pure.
[[nodiscard]] std::string v2_answer(std::string_view original, const mappings::hl7v2::Header& header,
                                    const MllpRule& rule, std::string control_id, fhir::Instant now);

/// One thread. All that is given outlives it; stop() before destruction.
class MllpDesk {
 public:
  struct Parts {
    async::Executor io;
    async::Timers& timers;
    async::Network& network;
    fhir::Random& random;
    Journal& journal;
    BodyFolder* bodies = nullptr;  ///< Null: what is received is not kept.
  };
  MllpDesk(Parts parts, const std::vector<MllpRule>& rules);
  ~MllpDesk();
  MllpDesk(const MllpDesk&) = delete;
  MllpDesk& operator=(const MllpDesk&) = delete;

  /// Gives the bound address; kUnavailable when it cannot be bound.
  [[nodiscard]] fhir::Result<async::Address> start(const async::Address& address);
  [[nodiscard]] async::awaitable<fhir::Status> stop(async::Deadline deadline);

 private:
  [[nodiscard]] static async::awaitable<void> accept_all(MllpDesk* self);
  [[nodiscard]] static async::awaitable<void> serve(MllpDesk* self, async::StreamPtr stream);
  /// False: the connection is to be closed.
  [[nodiscard]] static async::awaitable<bool> answer(MllpDesk* self, async::ByteStream* stream,
                                                     std::string payload);
  [[nodiscard]] const MllpRule& choose(const std::string& event, fhir::tree::Node message);
  [[nodiscard]] std::string next_control_id();
  void tell_received(const mappings::hl7v2::Header& header, const std::string& event,
                     const fhir::tree::TreePtr& message, std::string_view payload);
  void tell_answered(std::string_view did, const MllpRule& rule, const mappings::hl7v2::Header& header);

  Parts parts_;
  const std::vector<MllpRule>& rules_;
  std::vector<std::uint32_t> used_;
  MllpRule acknowledge_;  ///< For messages that no rule is for.
  async::ListenerPtr listener_;
  std::set<async::ByteStream*> open_;
  async::TaskGroup tasks_;
};

}  // namespace gateway::partner
