// Connections that can be cut by the address of their other end, so that a request can be left without an
// answer.
#pragma once

#include <map>
#include <memory>

#include "gateway/async/network.hpp"

namespace gateway::partner {

/// The open connections of one listener. One thread.
class OpenConnections {
 public:
  /// Closes the connection at once; nothing happens when there is none.
  void cut(const async::Address& remote);

  void add(async::ByteStream& stream) { streams_[stream.remote()] = &stream; }
  void remove(const async::ByteStream& stream);

 private:
  std::map<async::Address, async::ByteStream*> streams_;
};

/// Keeps `open` up to date with what `listener` accepts.
[[nodiscard]] async::ListenerPtr make_cuttable(async::ListenerPtr listener,
                                               std::shared_ptr<OpenConnections> open);

}  // namespace gateway::partner
