#include "gateway/hl7v2/door.hpp"

#include <array>
#include <utility>

#include "gateway/hl7v2/header_rules.hpp"
#include "gateway/security/digest.hpp"

namespace gateway::hl7v2 {
namespace {

using fhir::IssueType;
using fhir::Severity;
using mappings::hl7v2::AckCode;
using mappings::hl7v2::AckError;
using mappings::hl7v2::ErrorCode0357;
using mappings::hl7v2::Header;
using Kind = intake::Outcome::Kind;

constexpr std::string_view kMediaType = "x-application/hl7-v2+er7";
/// Senders are known that read an acknowledgement with one call for 4096 bytes.
constexpr std::size_t kReplyBytes = 4000;
constexpr std::size_t kMostErrors = 20;
constexpr std::string_view kLater = "cannot be taken now: send it again later";

/// What is answered to bytes without a readable MSH.
Header unknown_header() {
  Header header;
  header.version = "2.4";
  header.version_field = header.version;
  return header;
}

std::vector<AckError> one_error(std::string_view text) {
  return {AckError{{}, ErrorCode0357::kInternal, Severity::kError, std::string(text)}};
}

/// Rejected when any error is about the header, so that its sender does not send it unchanged.
Fate fate_of(const std::vector<AckError>& errors) {
  for (const AckError& error : errors) {
    if (error.severity <= Severity::kError && mappings::hl7v2::rejects(error.code)) return Fate::kRejected;
  }
  return Fate::kError;
}

/// The issues with places in the message the sender sent, as far as they are known.
fhir::IssueList in_places_of_the_source(const fhir::IssueList& issues, const Translation& translation) {
  fhir::IssueList placed;
  for (fhir::Issue issue : issues.items()) {
    if (translation.place_of && !issue.expression.empty() &&
        !mappings::hl7v2::parse_location(issue.expression)) {
      std::string place = translation.place_of(issue.expression);
      if (!place.empty()) issue.expression = std::move(place);
    }
    placed.add(std::move(issue));
  }
  return placed;
}

std::string event_of(const Header& header) {
  return header.event.empty() ? header.type : header.type + '^' + header.event;
}

}  // namespace

Hl7v2Door::Hl7v2Door(DoorParts parts) : parts_(std::move(parts)), senders_(parts_.config, parts_.dev) {}

void Hl7v2Door::use(std::shared_ptr<const config::Config> config) {
  parts_.config = std::move(config);
  senders_ = Senders(parts_.config, parts_.dev);
}

std::optional<mllp::Terms> Hl7v2Door::admit(const mllp::Peer& peer) {
  const std::optional<std::uint64_t> largest = senders_.largest_message(peer);
  if (!largest) {
    if (parts_.on_turned_away) parts_.on_turned_away(peer.remote);
    return std::nullopt;
  }
  return mllp::Terms{static_cast<std::size_t>(*largest)};
}

async::awaitable<mllp::Reply> Hl7v2Door::receive(mllp::Message message) {
  return take(this, std::move(message));
}

std::string Hl7v2Door::refuse(const mllp::Peer& /*peer*/, const std::string& head, mllp::Refused why) {
  const Header header = mappings::hl7v2::read_header(head).value_or(unknown_header());
  const std::optional<AckCode> code = spoken(header, Fate::kRejected, false).now;
  if (!code) return {};
  return acknowledgement(
      header, *code, one_error(why == mllp::Refused::kBusy ? kLater : "larger than any message taken here"));
}

intake::Arrival Hl7v2Door::arrival_of(const config::Partner& partner, std::string bytes, const Header& header,
                                      Translation& translation) {
  intake::Arrival arrival;
  arrival.caller = {partner.name, partner.ods, std::string(config::to_code(partner.role))};
  arrival.door = "mllp";
  arrival.media_type = std::string(kMediaType);
  arrival.control_id = header.control_id;
  arrival.event = event_of(header);
  arrival.repetition = translation.repetition.value_or(security::sha256(bytes));
  arrival.bytes = std::move(bytes);
  if (translation.issues.has_error()) {
    translation.bundle = nullptr;
    arrival.refusal = bars::refusal(translation.issues);
  }
  if (translation.source || translation.bundle) {
    arrival.content = intake::Content::kConverted;
    arrival.converted =
        intake::Converted{translation.bundle, translation.source, std::move(translation.receipt),
                          std::move(translation.losses), translation.verdict};
  }
  return arrival;
}

Hl7v2Door::Judgement Hl7v2Door::judge(const intake::Outcome& outcome, const Translation& translation) {
  switch (outcome.kind) {
    case Kind::kAccepted:
    case Kind::kDuplicate:
      // Only with the commit in hand.
      if (outcome.committed) return {Fate::kAccepted, {}};
      break;
    case Kind::kRefused: {
      // A fault of the message itself is known by its place there; one of what it means, by the element.
      std::vector<AckError> errors;
      if (translation.issues.has_error()) {
        errors = mappings::hl7v2::to_ack_errors(translation.issues, kMostErrors);
      } else if (outcome.refusal) {
        errors = mappings::hl7v2::to_ack_errors(in_places_of_the_source(outcome.refusal->issues, translation),
                                                kMostErrors);
      }
      if (errors.empty()) errors = one_error("refused");
      const Fate fate = fate_of(errors);
      return {fate, std::move(errors)};
    }
    case Kind::kTooEarly: return {Fate::kRejected, one_error("is being worked on: send it again later")};
    case Kind::kBusy:
    case Kind::kUnknown: break;
  }
  return {Fate::kRejected, one_error(kLater)};
}

std::string Hl7v2Door::acknowledgement(const Header& header, AckCode code, std::vector<AckError> errors) {
  std::array<std::uint8_t, 8> number{};
  parts_.random.fill(number);
  mappings::hl7v2::Acknowledgement said;
  said.code = code;
  said.control_id = "LG" + security::to_hex(number);
  said.now = parts_.clock.now();
  said.errors = std::move(errors);
  std::string bytes = mappings::hl7v2::acknowledge(header, said);
  while (bytes.size() > kReplyBytes && !said.errors.empty()) {
    said.errors.pop_back();
    bytes = mappings::hl7v2::acknowledge(header, said);
  }
  spoke(mappings::hl7v2::to_text(code));
  return bytes;
}

mllp::Reply Hl7v2Door::say(const Header& header, Judgement judgement, std::string_view partner) {
  const Spoken said = spoken(header, judgement.fate, parts_.deferred.has_address(partner));
  mllp::Reply reply;
  if (said.later) {
    static_cast<void>(parts_.deferred.send(partner, acknowledgement(header, *said.later, judgement.errors)));
  }
  if (said.now) {
    reply.payload = acknowledgement(header, *said.now, std::move(judgement.errors));
  } else if (!said.later) {
    spoke("none");
  }
  return reply;
}

void Hl7v2Door::spoke(std::string_view code) const {
  if (parts_.on_spoken) parts_.on_spoken(code);
}

async::awaitable<mllp::Reply> Hl7v2Door::take(Hl7v2Door* self, mllp::Message message) {
  const std::optional<Header> read = mappings::hl7v2::read_header(message.payload);
  const Header header = read.value_or(unknown_header());
  if (is_acknowledgement(header)) {
    self->spoke("none");
    co_return mllp::Reply();
  }
  const std::shared_ptr<const config::Config> config = self->parts_.config;  // keeps the partner
  const auto partner = self->senders_.identify(message.peer, read ? &header : nullptr);
  if (!partner.has_value()) {
    Judgement unknown{Fate::kRejected, one_error("the sender is not known on this connection")};
    co_return self->say(header, std::move(unknown), {});
  }
  Translation translation;
  if (read) {
    const config::Environment environment = config->installation.environment;
    translation = self->parts_.translator.translate(message.payload, **partner, self->parts_.clock.now());
    fhir::IssueList issues = check_header(header, environment);
    if (message.has_forbidden_byte)
      issues.add(Severity::kError, IssueType::kInvalid, {}, "holds a control character that none may hold");
    issues.append(translation.issues);
    translation.issues = std::move(issues);
  } else {
    translation.issues.add(Severity::kFatal, IssueType::kStructure, "MSH[1]",
                           "does not begin with a segment MSH whose delimiters can be used");
  }
  intake::Arrival arrival = self->arrival_of(**partner, std::move(message.payload), header, translation);
  const intake::Outcome outcome = co_await self->parts_.take_in(std::move(arrival));
  Judgement judgement = judge(outcome, translation);
  if (!read && judgement.fate == Fate::kError) judgement.fate = Fate::kRejected;
  mllp::Reply reply = self->say(header, std::move(judgement), (*partner)->name);
  // What follows bytes without a header is not to be believed.
  reply.close = !read;
  co_return reply;
}

}  // namespace gateway::hl7v2
