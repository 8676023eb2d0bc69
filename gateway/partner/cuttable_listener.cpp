#include "gateway/partner/cuttable_listener.hpp"

#include <utility>

namespace gateway::partner {
namespace {

class CuttableStream final : public async::ByteStream {
 public:
  CuttableStream(async::StreamPtr inner, std::shared_ptr<OpenConnections> open)
      : inner_(std::move(inner)), open_(std::move(open)) {
    open_->add(*this);
  }
  ~CuttableStream() override { open_->remove(*this); }

  [[nodiscard]] async::Executor executor() const override { return inner_->executor(); }
  void async_read_some(boost::asio::mutable_buffer buffer, async::IoHandler handler) override {
    inner_->async_read_some(buffer, std::move(handler));
  }
  void async_write_some(std::span<const boost::asio::const_buffer> buffers,
                        async::IoHandler handler) override {
    inner_->async_write_some(buffers, std::move(handler));
  }
  void async_shutdown(async::WaitHandler handler) override { inner_->async_shutdown(std::move(handler)); }
  void cancel() override { inner_->cancel(); }
  void close() override { inner_->close(); }
  [[nodiscard]] const async::Address& remote() const override { return inner_->remote(); }
  [[nodiscard]] const async::PeerCertificate* peer_certificate() const override {
    return inner_->peer_certificate();
  }
  [[nodiscard]] bool is_encrypted() const override { return inner_->is_encrypted(); }

 private:
  async::StreamPtr inner_;
  std::shared_ptr<OpenConnections> open_;
};

class CuttableListener final : public async::Listener {
 public:
  CuttableListener(async::ListenerPtr inner, std::shared_ptr<OpenConnections> open)
      : inner_(std::move(inner)), open_(std::move(open)) {}

  [[nodiscard]] async::awaitable<fhir::Result<async::StreamPtr>> accept() override {
    fhir::Result<async::StreamPtr> accepted = co_await inner_->accept();
    if (!accepted.has_value()) co_return accepted;
    co_return async::StreamPtr(std::make_unique<CuttableStream>(std::move(*accepted), open_));
  }
  [[nodiscard]] const async::Address& local() const override { return inner_->local(); }
  void close() override { inner_->close(); }

 private:
  async::ListenerPtr inner_;
  std::shared_ptr<OpenConnections> open_;
};

}  // namespace

void OpenConnections::cut(const async::Address& remote) {
  const auto found = streams_.find(remote);
  if (found != streams_.end()) found->second->close();
}

void OpenConnections::remove(const async::ByteStream& stream) {
  const auto found = streams_.find(stream.remote());
  if (found != streams_.end() && found->second == &stream) streams_.erase(found);
}

async::ListenerPtr make_cuttable(async::ListenerPtr listener, std::shared_ptr<OpenConnections> open) {
  return std::make_unique<CuttableListener>(std::move(listener), std::move(open));
}

}  // namespace gateway::partner
