#include "gateway/tls/tls.hpp"

#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <utility>

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/ssl/stream.hpp>

#include "gateway/async/alarm.hpp"
#include "gateway/async/initiate.hpp"

namespace gateway::tls {
namespace {

namespace ssl = boost::asio::ssl;
using async::error_code;
using async::IoHandler;
using async::WaitHandler;
using fhir::ErrorCode;

/// How long the other end has to answer close_notify.
constexpr std::chrono::seconds kShutdownTime{2};

/// A ByteStream as Asio's templates want one.
class Adapter {
 public:
  using executor_type = async::Executor;
  using lowest_layer_type = Adapter;

  explicit Adapter(async::ByteStream& stream) : stream_(&stream) {}
  [[nodiscard]] executor_type get_executor() const { return stream_->executor(); }
  lowest_layer_type& lowest_layer() { return *this; }

  template <class Buffers, class Token>
  auto async_read_some(const Buffers& buffers, Token&& token) {
    const boost::asio::mutable_buffer first = *boost::asio::buffer_sequence_begin(buffers);
    return boost::asio::async_initiate<Token, void(error_code, std::size_t)>(
        [stream = stream_, first](auto handler) {
          stream->async_read_some(first, IoHandler(std::move(handler)));
        },
        token);
  }

  template <class Buffers, class Token>
  auto async_write_some(const Buffers& buffers, Token&& token) {
    const boost::asio::const_buffer first = *boost::asio::buffer_sequence_begin(buffers);
    return boost::asio::async_initiate<Token, void(error_code, std::size_t)>(
        [stream = stream_, first](auto handler) {
          stream->async_write_some(std::span(&first, 1), IoHandler(std::move(handler)));
        },
        token);
  }

 private:
  async::ByteStream* stream_;
};

std::string subject_of(X509* certificate) {
  BIO* out = BIO_new(BIO_s_mem());
  if (out == nullptr) return {};
  X509_NAME_print_ex(out, X509_get_subject_name(certificate), 0, XN_FLAG_RFC2253);
  char* text = nullptr;
  const long size = BIO_get_mem_data(out, &text);
  std::string subject(text, size > 0 ? static_cast<std::size_t>(size) : 0);
  BIO_free(out);
  return subject;
}

std::optional<async::PeerCertificate> certificate_of(SSL* session) {
  X509* certificate = SSL_get1_peer_certificate(session);
  if (certificate == nullptr) return std::nullopt;
  async::PeerCertificate peer;
  unsigned size = 0;
  const bool digested = X509_digest(certificate, EVP_sha256(), peer.sha256.data(), &size) == 1;
  peer.subject = subject_of(certificate);
  X509_free(certificate);
  if (!digested || SSL_get_verify_result(session) != X509_V_OK) return std::nullopt;
  return peer;
}

class TlsStream final : public async::ByteStream {
 public:
  TlsStream(async::StreamPtr next, ssl::context& context, async::Timers& timers)
      : next_(std::move(next)),
        timers_(timers),
        tls_(Adapter(*next_), context),
        shutdown_alarm_(timers, [this] { next_->close(); }) {}
  ~TlsStream() override { next_->close(); }

  [[nodiscard]] async::Executor executor() const override { return next_->executor(); }
  void async_read_some(boost::asio::mutable_buffer buffer, IoHandler handler) override {
    tls_.async_read_some(boost::asio::mutable_buffer(buffer), std::move(handler));
  }
  void async_write_some(std::span<const boost::asio::const_buffer> buffers, IoHandler handler) override {
    // A record at a time: the engine takes one buffer.
    boost::asio::const_buffer first;
    for (const auto& buffer : buffers) {
      first = buffer;
      if (first.size() != 0) break;
    }
    tls_.async_write_some(first, std::move(handler));
  }
  void async_shutdown(WaitHandler handler) override {
    shutdown_alarm_.set(async::Deadline::after(timers_.clock(), kShutdownTime));
    tls_.async_shutdown([this, handler = std::move(handler)](error_code code) mutable {
      shutdown_alarm_.set(async::Deadline::never());
      std::move(handler)(code == boost::asio::error::eof ? error_code() : code);
    });
  }
  void cancel() override { next_->cancel(); }
  void close() override { next_->close(); }
  [[nodiscard]] const async::Address& remote() const override { return next_->remote(); }
  [[nodiscard]] const async::PeerCertificate* peer_certificate() const override {
    return certificate_ ? &*certificate_ : nullptr;
  }
  [[nodiscard]] bool is_encrypted() const override { return true; }

  /// A server name to check and to send; before the handshake.
  void expect_host(const std::string& host) {
    error_code not_an_address;
    boost::asio::ip::make_address(host, not_an_address);
    if (not_an_address) SSL_set_tlsext_host_name(tls_.native_handle(), host.c_str());
    tls_.set_verify_callback(ssl::host_name_verification(host));
  }

  [[nodiscard]] async::awaitable<fhir::Status> shake_hands(ssl::stream_base::handshake_type type,
                                                           async::Deadline deadline) {
    bool late = false;
    async::Alarm alarm(timers_, [this, &late] {
      late = true;
      next_->close();
    });
    alarm.set(deadline);
    auto operation = async::initiate<void(error_code)>(
        [this, type](WaitHandler handler) { tls_.async_handshake(type, std::move(handler)); });
    const auto [code] = co_await std::move(operation);
    if (late) co_return fhir::fail(ErrorCode::kTimedOut, "the TLS handshake took too long");
    if (code) {
      next_->close();
      co_return fhir::fail(async::to_error(code, "TLS handshake"));
    }
    certificate_ = certificate_of(tls_.native_handle());
    co_return fhir::Status();
  }

 private:
  async::StreamPtr next_;
  async::Timers& timers_;
  ssl::stream<Adapter> tls_;
  async::Alarm shutdown_alarm_;
  std::optional<async::PeerCertificate> certificate_;
};

/// What both ends insist on.
void harden(ssl::context& context) {
  SSL_CTX* native = context.native_handle();
  SSL_CTX_set_min_proto_version(native, TLS1_2_VERSION);
  SSL_CTX_set_cipher_list(native, "ECDHE+AESGCM:ECDHE+CHACHA20");
  SSL_CTX_set_options(native, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_TICKET | SSL_OP_CIPHER_SERVER_PREFERENCE);
  SSL_CTX_set_session_cache_mode(native, SSL_SESS_CACHE_OFF);
}

fhir::Error unusable(const char* setting) {
  return fhir::Error{ErrorCode::kInvalidRequest,
                     std::string("the TLS setting ") + setting + " cannot be used"};
}

fhir::Status load_own(ssl::context& context, const std::string& certificate_file,
                      const std::string& key_file) {
  error_code code;
  context.use_certificate_chain_file(certificate_file, code);
  if (code) return fhir::fail(unusable("certificate_file"));
  context.use_private_key_file(key_file, ssl::context::pem, code);
  if (code || SSL_CTX_check_private_key(context.native_handle()) != 1)
    return fhir::fail(unusable("key_file"));
  return {};
}

}  // namespace

class Server::Context {
 public:
  ssl::context inner{ssl::context::tls_server};
};

class Client::Context {
 public:
  ssl::context inner{ssl::context::tls_client};
  std::string server_name;
};

Server::Server(std::shared_ptr<Context> context) : context_(std::move(context)) {}

Server::~Server() = default;

fhir::Result<std::shared_ptr<const Server>> Server::make(const ServerSettings& settings) {
  auto context = std::make_shared<Context>();
  harden(context->inner);
  LIGAMENT_CHECK(load_own(context->inner, settings.certificate_file, settings.key_file));
  error_code code;
  if (settings.client_certificate != ClientCertificate::kNone) {
    context->inner.load_verify_file(settings.client_ca_file, code);
    if (code) return fhir::fail(unusable("client_ca_file"));
    const bool required = settings.client_certificate == ClientCertificate::kRequired;
    context->inner.set_verify_mode(
        ssl::verify_peer | (required ? ssl::verify_fail_if_no_peer_cert : ssl::verify_none), code);
    if (code) return fhir::fail(unusable("client_certificate"));
  }
  return std::shared_ptr<const Server>(new Server(std::move(context)));
}

async::awaitable<fhir::Result<async::StreamPtr>> Server::accept(async::StreamPtr stream,
                                                                async::Timers& timers,
                                                                async::Deadline deadline) const {
  const auto context = context_;
  auto tls = std::make_unique<TlsStream>(std::move(stream), context->inner, timers);
  fhir::Status shaken = co_await tls->shake_hands(ssl::stream_base::server, deadline);
  if (!shaken.has_value()) co_return fhir::fail(std::move(shaken).error());
  co_return async::StreamPtr(std::move(tls));
}

Client::Client(std::shared_ptr<Context> context) : context_(std::move(context)) {}

Client::~Client() = default;

fhir::Result<std::shared_ptr<const Client>> Client::make(const ClientSettings& settings) {
  auto context = std::make_shared<Context>();
  harden(context->inner);
  error_code code;
  context->inner.load_verify_file(settings.ca_file, code);
  if (code) return fhir::fail(unusable("ca_file"));
  context->inner.set_verify_mode(ssl::verify_peer, code);
  if (code) return fhir::fail(unusable("ca_file"));
  if (!settings.certificate_file.empty()) {
    LIGAMENT_CHECK(load_own(context->inner, settings.certificate_file, settings.key_file));
  }
  context->server_name = settings.server_name;
  return std::shared_ptr<const Client>(new Client(std::move(context)));
}

async::awaitable<fhir::Result<async::StreamPtr>> Client::connect(async::StreamPtr stream, std::string host,
                                                                 async::Timers& timers,
                                                                 async::Deadline deadline) const {
  const auto context = context_;
  auto tls = std::make_unique<TlsStream>(std::move(stream), context->inner, timers);
  tls->expect_host(context->server_name.empty() ? host : context->server_name);
  fhir::Status shaken = co_await tls->shake_hands(ssl::stream_base::client, deadline);
  if (!shaken.has_value()) co_return fhir::fail(std::move(shaken).error());
  co_return async::StreamPtr(std::move(tls));
}

}  // namespace gateway::tls
