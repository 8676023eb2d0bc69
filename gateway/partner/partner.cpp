#include "gateway/partner/partner.hpp"

#include <utility>

#include "fhir/definitions/definitions.hpp"
#include "fhir/json/reader.hpp"
#include "fhir/xml/reader.hpp"
#include "gateway/http/media_type.hpp"

namespace gateway::partner {
namespace {

constexpr std::size_t kMostRemembered = 100'000;
constexpr std::chrono::minutes kLongestAnswer{15};

std::string header(const http::Request& request, std::string_view name) {
  return std::string(request.headers.find(name).value_or(""));
}

fhir::tree::TreePtr read_message(const http::Request& request) {
  const auto type = http::body_type(request);
  const bool xml = type.has_value() && type->format == http::Format::kXml;
  return xml ? fhir::xml::read(request.body, fhir::definitions::r4()).tree
             : fhir::json::read(request.body, fhir::definitions::r4()).tree;
}

http_beast::ServerLimits limits() {
  http_beast::ServerLimits limits;
  limits.handler = kLongestAnswer;
  return limits;
}

}  // namespace

fhir::Result<std::unique_ptr<Partner>> Partner::make(PartnerParts parts,
                                                     std::shared_ptr<const Script> script) {
  std::unique_ptr<Partner> partner(new Partner(parts, std::move(script)));
  LIGAMENT_TRY(GatewayLink link, GatewayLink::make(*partner->script_, partner->client_, parts.timers,
                                                   parts.random, parts.bodies));
  partner->gateway_ = std::move(link);
  return partner;
}

Partner::Partner(PartnerParts parts, std::shared_ptr<const Script> script)
    : parts_(parts),
      script_(std::move(script)),
      journal_(parts.out, parts.timers.clock(), script_->identity.name),
      rules_(script_->replies),
      answers_(*script_, parts.timers.clock(), parts.random),
      client_(parts.network, parts.timers),
      open_(std::make_shared<OpenConnections>()),
      tasks_(parts.io) {}

Partner::~Partner() = default;

fhir::Result<async::Address> Partner::start(const async::Address& address) {
  LIGAMENT_TRY(async::ListenerPtr listener, parts_.network.listen(address));
  const async::Address bound = listener->local();
  server_.emplace(http_beast::ServerContext{parts_.io, parts_.timers}, *this, limits());
  server_->serve(make_cuttable(std::move(listener), open_));
  for (const Send& send : script_->sends)
    tasks_.spawn("send", send_on_its_own(send));
  return bound;
}

fhir::Result<async::Address> Partner::start_mllp(const async::Address& address) {
  desk_.emplace(
      MllpDesk::Parts{parts_.io, parts_.timers, parts_.network, parts_.random, journal_, parts_.bodies},
      script_->mllp);
  return desk_->start(address);
}

async::awaitable<fhir::Status> Partner::stop(async::Deadline deadline) {
  tasks_.cancel();
  fhir::Status ended = co_await tasks_.wait(parts_.timers, deadline);
  if (server_) {
    fhir::Status stopped = co_await server_->stop(deadline);
    if (!stopped.has_value()) ended = std::move(stopped);
  }
  if (desk_) {
    fhir::Status stopped = co_await desk_->stop(deadline);
    if (!stopped.has_value()) ended = std::move(stopped);
  }
  client_.close_idle();
  co_return ended;
}

void Partner::remember(const std::string& request_id) {
  if (request_id.empty() || !known_.insert(request_id).second) return;
  known_in_order_.push_back(request_id);
  if (known_in_order_.size() <= kMostRemembered) return;
  known_.erase(known_in_order_.front());
  known_in_order_.pop_front();
}

async::awaitable<http::Response> Partner::handle(http::Request request) {
  const std::vector<std::string>& path = request.target.segments();
  if (request.method != http::Method::kPost || path.empty() || path.back() != "$process-message")
    co_return answers_.refused(404, "only POST to $process-message is answered here", request);
  const auto seen = std::make_shared<const Seen>(see(read_message(request)));
  tell_received(*seen, request);
  const ReplyRule* rule = nullptr;
  if (seen->is_message() && !(script_->remembers && knows(header(request, "X-Request-Id"))))
    rule = rules_.choose(seen->tree->root(), parts_.timers.clock());
  co_return co_await answer(std::move(request), seen, rule);
}

async::awaitable<http::Response> Partner::answer(http::Request request, std::shared_ptr<const Seen> seen,
                                                 const ReplyRule* rule) {
  const std::string request_id = header(request, "X-Request-Id");
  http::Response response;
  std::string said;
  if (!seen->is_message()) {
    response = answers_.refused(400, "this is no message Bundle", request);
    said = "unreadable";
  } else if (script_->remembers && knows(request_id)) {
    response = answers_.duplicate(request);
    said = "duplicate";
  } else {
    const ReplyRule& chosen = rule == nullptr ? acknowledge_ : *rule;
    if (chosen.remember) remember(request_id);
    const bool waited = co_await pause(chosen.delay);
    if (!waited) co_return http::make_response(503);
    if (!chosen.then.empty())
      tasks_.spawn("act", act(chosen.then, seen, header(request, "X-Correlation-Id")));
    if (chosen.drop) {
      JournalLine line = journal_.line("dropped");
      journal_.write(line.text("rule", chosen.name).text("request_id", request_id));
      open_->cut(request.peer.remote);
      co_return http::make_response(503);
    }
    response = answers_.by_rule(chosen, *seen, request);
    said = chosen.name;
  }
  tell_answered(response, request, said);
  co_return response;
}

void Partner::tell_received(const Seen& seen, const http::Request& request) {
  JournalLine line = journal_.line("received");
  line.text("event", seen.event).text("reason", seen.reason).text("bundle", seen.bundle);
  line.text("answers", seen.answers).text("answer_code", seen.answer_code);
  line.text("request_id", header(request, "X-Request-Id"));
  line.text("correlation_id", header(request, "X-Correlation-Id"));
  if (seen.task) {
    line.text("task", std::string("Task/").append(seen.task.child("id").text()));
    line.text("status", seen.task.child("status").text());
    line.text("business_status", seen.task.at("businessStatus", "coding", "code").text());
  }
  line.texts("ubrn", seen.identifiers).communications(seen.communications);
  line.attachments(seen.attachments);
  line.number("bytes", static_cast<std::int64_t>(request.body.size()));
  if (parts_.bodies != nullptr)
    line.text("file", parts_.bodies->keep("received", request.body, header(request, "Content-Type")));
  journal_.write(line);
}

void Partner::tell_answered(const http::Response& response, const http::Request& request,
                            std::string_view rule) {
  JournalLine line = journal_.line("answered");
  line.number("status", response.status).text("rule", rule);
  line.text("request_id", header(request, "X-Request-Id"));
  journal_.write(line);
}

void Partner::tell_sent(std::string_view what, const Outgoing& message, const Exchange& exchange, int attempt,
                        std::string_view task) {
  JournalLine line = journal_.line("sent");
  line.text("what", what).number("status", exchange.status).text("answer", summary(exchange));
  line.number("attempt", attempt).text("request_id", message.request_id);
  line.text("correlation_id", message.correlation_id).text("task", task);
  journal_.write(line);
}

async::awaitable<bool> Partner::pause(Milliseconds time) {
  if (time <= Milliseconds(0)) co_return true;
  const fhir::Status slept = co_await parts_.timers.sleep_for(time);
  co_return slept.has_value();
}

}  // namespace gateway::partner
