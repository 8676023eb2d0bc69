#include "tests/bench/peer.hpp"

#include <algorithm>
#include <optional>
#include <rapidjson/document.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

namespace bench {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using rapidjson::Document;
using rapidjson::Value;

/// Connections of the hub to the gateway.
constexpr int kDeciders = 32;
constexpr const char* kResponseDefinition =
    "https://ligament.example/fhir/MessageDefinition/msk-referral-response";

struct Http {
  std::string head;  ///< Lower case.
  std::string body;
};

std::string field(const std::string& head, std::string_view name) {
  const std::size_t at = head.find("\r\n" + std::string(name) + ":");
  if (at == std::string::npos) return {};
  std::size_t from = at + name.size() + 3;
  while (from < head.size() && head[from] == ' ')
    ++from;
  return head.substr(from, head.find("\r\n", from) - from);
}

/// One message with Content-Length; nothing when the connection ended.
asio::awaitable<std::optional<Http>> read(tcp::socket& socket, std::string& buffer) {
  auto [error, size] = co_await asio::async_read_until(socket, asio::dynamic_buffer(buffer), "\r\n\r\n",
                                                       asio::as_tuple(asio::use_awaitable));
  if (error) co_return std::nullopt;
  Http http;
  http.head = buffer.substr(0, size);
  for (char& c : http.head) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  const std::string length_text = field(http.head, "content-length");
  const std::size_t length = length_text.empty() ? 0 : std::stoull(length_text);
  while (buffer.size() < size + length) {
    const std::size_t had = buffer.size();
    buffer.resize(size + length);
    auto [failed, got] = co_await socket.async_read_some(
        asio::buffer(buffer.data() + had, buffer.size() - had), asio::as_tuple(asio::use_awaitable));
    buffer.resize(had + got);
    if (failed) co_return std::nullopt;
  }
  http.body = buffer.substr(size, length);
  buffer.erase(0, size + length);
  co_return http;
}

std::string written(const Value& value) {
  rapidjson::StringBuffer out;
  rapidjson::Writer<rapidjson::StringBuffer> writer(out);
  value.Accept(writer);
  return {out.GetString(), out.GetSize()};
}

std::string_view text(const Value& object, const char* name) {
  const auto found = object.FindMember(name);
  if (found == object.MemberEnd() || !found->value.IsString()) return {};
  return {found->value.GetString(), found->value.GetStringLength()};
}

/// The entry of the first resource of this type.
Value* find_entry(Document& bundle, std::string_view type) {
  if (!bundle.IsObject() || !bundle.HasMember("entry") || !bundle["entry"].IsArray()) return nullptr;
  for (Value& entry : bundle["entry"].GetArray()) {
    if (entry.HasMember("resource") && text(entry["resource"], "resourceType") == type) return &entry;
  }
  return nullptr;
}

std::string nhs_number(Document& bundle) {
  const Value* patient = find_entry(bundle, "Patient");
  if (patient == nullptr || !(*patient)["resource"].HasMember("identifier")) return {};
  for (const Value& identifier : (*patient)["resource"]["identifier"].GetArray()) {
    if (text(identifier, "system") == "https://fhir.nhs.uk/Id/nhs-number")
      return std::string(text(identifier, "value"));
  }
  return {};
}

bool is_acceptance(Document& bundle) {
  const Value* entry = find_entry(bundle, "Communication");
  if (entry == nullptr || !(*entry)["resource"].HasMember("category")) return false;
  for (const Value& category : (*entry)["resource"]["category"].GetArray()) {
    for (const Value& coding : category["coding"].GetArray()) {
      if (text(coding, "code") == "accepted") return true;
    }
  }
  return false;
}

void set(Value& object, const char* name, std::string_view value, Document& bundle) {
  Value made(value.data(), static_cast<rapidjson::SizeType>(value.size()), bundle.GetAllocator());
  object.RemoveMember(name);
  object.AddMember(Value(name, bundle.GetAllocator()), made, bundle.GetAllocator());
}

/// Turns the header round: what came from the gateway goes back to it as an answer.
void answer_with(Value& header, std::string_view answered, Document& bundle) {
  auto& memory = bundle.GetAllocator();
  const std::string source(text(header["source"], "endpoint"));
  const std::string destination(text(header["destination"][0], "endpoint"));
  set(header["source"], "endpoint", destination, bundle);
  set(header["destination"][0], "endpoint", source, bundle);
  Value& there = header["destination"][0];
  if (header.HasMember("sender") && there.HasMember("receiver")) header["sender"].Swap(there["receiver"]);
  set(header["eventCoding"], "code", "servicerequest-response", bundle);
  set(header, "definition", kResponseDefinition, bundle);
  header.RemoveMember("response");
  Value response(rapidjson::kObjectType);
  set(response, "identifier", answered, bundle);
  set(response, "code", "ok", bundle);
  header.AddMember("response", response, memory);
}

/// The business answer: a header and nothing else.
std::string business_answer(Document& bundle, const Value* entry, const std::string& fresh) {
  if (entry == nullptr) return "{}";
  Document out(rapidjson::kObjectType, &bundle.GetAllocator());
  auto& memory = out.GetAllocator();
  for (const auto& member : bundle.GetObject()) {
    if (member.name == "entry") continue;
    out.AddMember(Value(member.name, memory), Value(member.value, memory), memory);
  }
  Value header(*entry, memory);
  answer_with(header["resource"], text(bundle, "id"), out);
  header["resource"].RemoveMember("focus");
  header["resource"].RemoveMember("sender");
  header["resource"]["destination"][0].RemoveMember("receiver");
  Value entries(rapidjson::kArrayType);
  entries.PushBack(header, memory);
  out.AddMember("entry", entries, memory);
  set(out, "id", fresh, out);
  return written(out);
}

/// The hub's decision: the Task accepted, with what it is about.
std::string acceptance(Document& bundle, const std::string& fresh) {
  Value* header = find_entry(bundle, "MessageHeader");
  Value* task = find_entry(bundle, "Task");
  if (header == nullptr || task == nullptr) return {};
  auto& memory = bundle.GetAllocator();
  const std::string answered(text(bundle, "id"));
  answer_with((*header)["resource"], answered, bundle);
  Value focus(rapidjson::kArrayType);
  Value reference(rapidjson::kObjectType);
  set(reference, "reference", text(*task, "fullUrl"), bundle);
  focus.PushBack(reference, memory);
  (*header)["resource"].RemoveMember("focus");
  (*header)["resource"].AddMember("focus", focus, memory);
  Value& said = (*task)["resource"];
  set(said, "status", "accepted", bundle);
  said.RemoveMember("businessStatus");
  Value status(rapidjson::kObjectType);
  Value codings(rapidjson::kArrayType);
  Value coding(rapidjson::kObjectType);
  set(coding, "system", "https://ligament.example/fhir/CodeSystem/referral-business-status", bundle);
  set(coding, "code", "accepted", bundle);
  codings.PushBack(coding, memory);
  status.AddMember("coding", codings, memory);
  said.AddMember("businessStatus", status, memory);
  set(bundle, "id", fresh, bundle);
  const auto unwanted = [](const Value& entry) {
    const std::string_view type = text(entry["resource"], "resourceType");
    return type != "MessageHeader" && type != "Task" && type != "ServiceRequest" && type != "Patient" &&
           type != "Organization";
  };
  auto& entries = bundle["entry"];
  for (auto at = entries.Begin(); at != entries.End();)
    at = unwanted(*at) ? entries.Erase(at) : at + 1;
  return written(bundle);
}

}  // namespace

Peer::Peer(asio::io_context& io, std::uint16_t port, std::uint16_t gateway_port, std::string hub, Uuid uuid,
           Told told)
    : io_(io),
      acceptor_(io, tcp::endpoint(asio::ip::address_v4::loopback(), port)),
      gateway_port_(gateway_port),
      hub_(std::move(hub)),
      uuid_(std::move(uuid)),
      told_(std::move(told)),
      news_(io, asio::steady_timer::time_point::max()) {}

void Peer::start() {
  asio::co_spawn(io_, accept(), asio::detached);
  for (int i = 0; i < kDeciders; ++i)
    asio::co_spawn(io_, decide(), asio::detached);
}

asio::awaitable<void> Peer::accept() {
  while (true) {
    auto [error, socket] = co_await acceptor_.async_accept(asio::as_tuple(asio::use_awaitable));
    if (error) co_return;
    socket.set_option(tcp::no_delay(true));
    asio::co_spawn(io_, serve(std::move(socket)), asio::detached);
  }
}

asio::awaitable<void> Peer::serve(tcp::socket socket) {
  std::string buffer;
  while (true) {
    std::optional<Http> request = co_await read(socket, buffer);
    if (!request) co_return;
    const std::string request_id = field(request->head, "x-request-id");
    const std::string correlation = field(request->head, "x-correlation-id");
    const std::string body = take(std::move(request->body), correlation);
    std::string answer = "HTTP/1.1 200 OK\r\nContent-Type: application/fhir+json\r\nX-Request-Id: ";
    answer.append(request_id).append("\r\nX-Correlation-Id: ").append(correlation);
    answer.append("\r\nContent-Length: ").append(std::to_string(body.size())).append("\r\n\r\n").append(body);
    auto [error, sent] =
        co_await asio::async_write(socket, asio::buffer(answer), asio::as_tuple(asio::use_awaitable));
    if (error) co_return;
  }
}

std::string Peer::take(std::string body, const std::string& correlation) {
  // Room that is used again for each message; more is taken when it is not enough.
  rapidjson::MemoryPoolAllocator<> memory(room_.data(), room_.size());
  Document bundle(&memory);
  bundle.ParseInsitu(body.data());
  if (bundle.HasParseError() || !bundle.IsObject()) return "{}";
  const Value* header = find_entry(bundle, "MessageHeader");
  std::string answer = business_answer(bundle, header, uuid_());
  if (is_acceptance(bundle)) {
    ++figures_.told;
    told_(nhs_number(bundle));
    return answer;
  }
  const bool referral =
      header != nullptr && text((*header)["resource"]["eventCoding"], "code") == "servicerequest-request";
  if (!referral) {
    ++figures_.other;
    return answer;
  }
  ++figures_.referrals;
  if (std::string decision = acceptance(bundle, uuid_()); !decision.empty()) {
    decisions_.emplace_back(correlation, std::move(decision));
    news_.cancel_one();
  }
  return answer;
}

asio::awaitable<void> Peer::decide() {
  tcp::socket socket(io_);
  const tcp::endpoint gateway(asio::ip::address_v4::loopback(), gateway_port_);
  std::string buffer;
  while (true) {
    while (decisions_.empty()) {
      // Never set anew: that would wake all who wait.
      auto [woken] = co_await news_.async_wait(asio::as_tuple(asio::use_awaitable));
      (void)woken;
    }
    const auto [correlation, body] = std::move(decisions_.front());
    decisions_.pop_front();
    std::string message = "POST /fhir/$process-message HTTP/1.1\r\nHost: 127.0.0.1\r\n";
    message.append("Content-Type: application/fhir+json\r\nAccept: application/fhir+json; version=1.4.0\r\n");
    message.append("X-Ligament-Partner: ").append(hub_).append("\r\nX-Request-Id: ").append(uuid_());
    message.append("\r\nX-Correlation-Id: ").append(correlation).append("\r\nContent-Length: ");
    message.append(std::to_string(body.size())).append("\r\n\r\n").append(body);
    if (!socket.is_open()) {
      auto [refused] = co_await socket.async_connect(gateway, asio::as_tuple(asio::use_awaitable));
      if (refused) {
        socket.close();
        ++figures_.refused;
        continue;
      }
      socket.set_option(tcp::no_delay(true));
    }
    auto [error, sent] =
        co_await asio::async_write(socket, asio::buffer(message), asio::as_tuple(asio::use_awaitable));
    (void)sent;
    if (error) buffer.clear();
    const std::optional<Http> answer = co_await read(socket, buffer);
    if (answer && answer->head.starts_with("http/1.1 200")) continue;
    ++figures_.refused;
    if (answer && figures_.first_refusal.empty()) figures_.first_refusal = answer->body;
    if (!answer) {
      socket.close();
      buffer.clear();
    }
  }
}

}  // namespace bench
