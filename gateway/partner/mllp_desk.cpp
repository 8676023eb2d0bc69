#include "gateway/partner/mllp_desk.hpp"

#include <array>
#include <utility>

#include "gateway/bars/base64.hpp"
#include "gateway/partner/reply_rules.hpp"
#include "gateway/security/digest.hpp"
#include "mappings/hl7v2/read.hpp"

namespace gateway::partner {
namespace {

using fhir::tree::Node;
using mappings::hl7v2::Header;

constexpr std::size_t kMostBytes = 64u << 20;
constexpr std::size_t kMostTexts = 200;
constexpr std::string_view kMediaType = "x-application/hl7-v2+er7";

std::string event_of(const Header& header) {
  return header.event.empty() ? header.type : header.type + '^' + header.event;
}

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  while (true) {
    const std::size_t end = text.find(separator);
    parts.emplace_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

std::string joined(const std::vector<std::string>& parts, char separator) {
  std::string text;
  for (const std::string& part : parts)
    text.append(&part == &parts.front() ? "" : std::string(1, separator)).append(part);
  return text;
}

/// Fields of the segment, of which the first is its name; grown to hold `field`.
std::string with_field(std::string_view segment, char separator, std::size_t field, std::string value) {
  std::vector<std::string> fields = split(segment, separator);
  if (fields.size() <= field) fields.resize(field + 1);
  fields[field] = std::move(value);
  return joined(fields, separator);
}

/// Segments of the original by name, in their order.
std::vector<std::string> segments(std::string_view message, std::string_view name) {
  std::vector<std::string> found;
  for (std::string& segment : split(message, '\r')) {
    if (segment.starts_with('\n')) segment.erase(0, 1);
    if (segment.starts_with(name)) found.push_back(std::move(segment));
  }
  return found;
}

void collect(const fhir::tree::TreePtr& tree, std::vector<std::string>& texts,
             std::vector<SeenAttachment>& attachments) {
  const std::size_t count = tree->node_count();
  for (fhir::tree::NodeIndex at = 0; at < count; ++at) {
    const Node node(tree.get(), at);
    if (node.name() == "NTE_3" || node.name() == "RF1_1" || node.name() == "MSA_1") {
      const std::string_view text = node.text().empty() ? node.child("c1").text() : node.text();
      if (!text.empty() && texts.size() < kMostTexts) texts.emplace_back(text);
    }
    if (node.name() != "OBX_5") continue;
    const Node data = node.child("c5");
    if (!data) {
      if (!node.text().empty() && texts.size() < kMostTexts) texts.emplace_back(node.text());
      continue;
    }
    const auto bytes = bars::decode_base64(data.text());
    SeenAttachment attachment;
    attachment.content_type = node.child("c3").text();
    if (bytes) {
      attachment.bytes = static_cast<std::int64_t>(bytes->size());
      attachment.sha256 = security::to_hex(security::sha256(*bytes));
    }
    attachments.push_back(std::move(attachment));
  }
}

}  // namespace

std::string v2_answer(std::string_view original, const Header& header, const MllpRule& rule,
                      std::string control_id, fhir::Instant now) {
  Header named = header;
  if (rule.wrong_control_id) named.control_id += "-OTHER";
  mappings::hl7v2::Acknowledgement said;
  said.code = rule.code;
  said.control_id = std::move(control_id);
  said.now = now;
  if (rule.error) said.errors.push_back(*rule.error);
  std::string ack = mappings::hl7v2::acknowledge(named, said);
  if (rule.decision == Decision::kNone) return ack;
  const char field = header.delimiters.field;
  const char component = header.delimiters.component;
  const bool yes = rule.decision == Decision::kAccepted;
  std::vector<std::string> answer = split(ack, '\r');
  answer.front() =
      with_field(answer.front(), field, 8, std::string("RRI") + component + "I12" + component + "RRI_I12");
  while (!answer.empty() && answer.back().empty())
    answer.pop_back();
  const std::vector<std::string> referral = segments(original, "RF1");
  answer.push_back(with_field(
      referral.empty() ? "RF1" : referral.front(), field, 1,
      std::string(yes ? "A" : "R") + component + (yes ? "Accepted" : "Rejected") + component + "HL70283"));
  for (const char* const name : {"PRD", "PID"}) {
    for (std::string& segment : segments(original, name))
      answer.push_back(std::move(segment));
  }
  return joined(answer, '\r') + '\r';
}

MllpDesk::MllpDesk(Parts parts, const std::vector<MllpRule>& rules)
    : parts_(parts), rules_(rules), used_(rules.size(), 0), tasks_(parts.io) {
  acknowledge_.name = "default";
}

MllpDesk::~MllpDesk() = default;

fhir::Result<async::Address> MllpDesk::start(const async::Address& address) {
  LIGAMENT_TRY(listener_, parts_.network.listen(address));
  const async::Address bound = listener_->local();
  tasks_.spawn("accept", accept_all(this));
  return bound;
}

async::awaitable<fhir::Status> MllpDesk::stop(async::Deadline deadline) {
  if (listener_) listener_->close();
  for (async::ByteStream* stream : open_)
    stream->close();
  tasks_.cancel();
  fhir::Status ended = co_await tasks_.wait(parts_.timers, deadline);
  co_return ended;
}

async::awaitable<void> MllpDesk::accept_all(MllpDesk* self) {
  while (true) {
    fhir::Result<async::StreamPtr> stream = co_await self->listener_->accept();
    if (!stream.has_value()) co_return;
    self->tasks_.spawn("connection", serve(self, std::move(*stream)));
  }
}

async::awaitable<void> MllpDesk::serve(MllpDesk* self, async::StreamPtr stream) {
  self->open_.insert(stream.get());
  mllp::FramerLimits limits;
  limits.payload_bytes = kMostBytes;
  mllp::Framer framer(limits);
  std::array<char, 16384> buffer{};
  bool going = true;
  while (going) {
    const async::ReadSome some = co_await async::read_some(*stream, boost::asio::buffer(buffer));
    if (some.bytes == 0) break;
    std::string_view unread(buffer.data(), some.bytes);
    while (going) {
      std::optional<mllp::Event> event = framer.take(unread);
      if (!event) break;
      auto* frame = std::get_if<mllp::Frame>(&*event);
      if (frame == nullptr) {
        going = std::get<mllp::Violation>(*event).breach == mllp::Breach::kAbandoned;
        continue;
      }
      going = co_await answer(self, stream.get(), std::move(frame->payload));
    }
  }
  self->open_.erase(stream.get());
  stream->close();
}

const MllpRule& MllpDesk::choose(const std::string& event, Node message) {
  for (std::size_t at = 0; at < rules_.size(); ++at) {
    const MllpRule& rule = rules_[at];
    if (rule.times && used_[at] >= *rule.times) continue;
    const bool named = rule.event.empty() || event == rule.event || event.starts_with(rule.event + '^');
    if (!named || (rule.when && !holds(*rule.when, message, parts_.timers.clock()))) continue;
    ++used_[at];
    return rule;
  }
  return acknowledge_;
}

std::string MllpDesk::next_control_id() {
  std::array<std::uint8_t, 8> number{};
  parts_.random.fill(number);
  return "SI" + security::to_hex(number);
}

async::awaitable<bool> MllpDesk::answer(MllpDesk* self, async::ByteStream* stream, std::string payload) {
  const std::optional<Header> header = mappings::hl7v2::read_header(payload);
  if (!header) co_return false;
  const std::string event = event_of(*header);
  const fhir::tree::TreePtr message = mappings::hl7v2::read(payload).tree;
  self->tell_received(*header, event, message, payload);
  const MllpRule& rule = self->choose(event, message ? message->root() : Node());
  if (rule.delay.count() > 0) {
    const fhir::Status slept = co_await self->parts_.timers.sleep_for(rule.delay);
    if (!slept.has_value()) co_return false;
  }
  if (rule.silent || rule.drop) {
    self->tell_answered(rule.drop ? "dropped" : "silent", rule, *header);
    co_return !rule.drop;
  }
  std::string frame = mllp::wrap(
      v2_answer(payload, *header, rule, self->next_control_id(), self->parts_.timers.clock().now()));
  if (rule.twice) frame += frame;
  self->tell_answered("answered", rule, *header);
  const fhir::Status written = co_await async::write_all(*stream, frame);
  co_return written.has_value();
}

void MllpDesk::tell_received(const Header& header, const std::string& event,
                             const fhir::tree::TreePtr& message, std::string_view payload) {
  std::vector<std::string> texts;
  std::vector<SeenAttachment> attachments;
  if (message) collect(message, texts, attachments);
  JournalLine line = parts_.journal.line("received");
  line.text("door", "mllp").text("event", event).text("control_id", header.control_id);
  line.text("version", header.version).text("from", header.sending_facility);
  line.texts("text", texts)
      .attachments(attachments)
      .number("bytes", static_cast<std::int64_t>(payload.size()));
  if (parts_.bodies != nullptr) line.text("file", parts_.bodies->keep("received", payload, kMediaType));
  parts_.journal.write(line);
}

void MllpDesk::tell_answered(std::string_view did, const MllpRule& rule, const Header& header) {
  JournalLine line = parts_.journal.line(did);
  line.text("door", "mllp").text("rule", rule.name);
  if (did == "answered") {
    line.text("code", mappings::hl7v2::to_text(rule.code));
    if (rule.decision != Decision::kNone)
      line.text("decision", rule.decision == Decision::kAccepted ? "accepted" : "rejected");
  }
  parts_.journal.write(line.text("control_id", header.control_id));
}

}  // namespace gateway::partner
