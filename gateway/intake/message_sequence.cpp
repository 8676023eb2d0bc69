#include "gateway/intake/message_sequence.hpp"

namespace gateway::intake {

fhir::Result<store::MessageSeq> last_message(store::Store& store) {
  const store::Caller self{"ligament", "", "system"};
  return store::value_of(store, store::Kind::kRead, self,
                         [](store::Transaction& tx) { return tx.messages().last_seq(); });
}

}  // namespace gateway::intake
