#include "gateway/store_memory/ports.hpp"

namespace gateway::store_memory {

using fhir::ErrorCode;
using fhir::fail;
using fhir::Result;
using fhir::Status;
using store::Direction;
using store::MessageRow;
using store::MessageSeq;
using store::Verdict;

namespace {

bool took_effect(const MessageRow& row) {
  return row.direction == Direction::kIn &&
         (row.verdict == Verdict::kAccepted || row.verdict == Verdict::kQuarantined);
}

template <class Test>
std::optional<MessageRow> latest(const Tables& tables, Test test) {
  std::optional<MessageRow> found;
  for (const auto& [seq, message] : tables.messages.rows()) {
    if (test(message)) found = message.row;
  }
  return found;
}

bool passes(const MessageRow& row, const store::MessageFilter& filter) {
  return (!filter.direction || row.direction == *filter.direction) &&
         (!filter.verdict || row.verdict == *filter.verdict) &&
         (!filter.partner || row.partner == *filter.partner) &&
         (!filter.since || row.received_at >= *filter.since) &&
         (!filter.until || row.received_at < *filter.until);
}

}  // namespace

Result<MessageSeq> MemoryMessageLog::append(const store::NewMessage& message) {
  LIGAMENT_CHECK(context_->writing());
  if (message.seq && context_->known(message.seq).has_value()) {
    return fail(ErrorCode::kConflict, "the message number is taken");
  }
  StoredMessage stored;
  stored.row = {.seq = message.seq.value_or(context_->tables.messages.next()),
                .direction = message.direction,
                .partner = message.partner,
                .door = message.door,
                .media_type = message.media_type,
                .request_id = message.request_id,
                .correlation_id = message.correlation_id,
                .business_id = message.business_id,
                .event = message.event,
                .digest = message.digest,
                .received_at = message.received_at,
                .verdict = message.verdict,
                .byte_count = static_cast<std::int64_t>(message.bytes.size()),
                .reply = std::nullopt};
  stored.holds_ids = took_effect(stored.row) && !message.request_id.empty();
  if (stored.holds_ids) {
    LIGAMENT_TRY(const std::optional<MessageRow> taken,
                 find_by_request(message.partner, message.request_id, message.correlation_id));
    if (taken) return fail(ErrorCode::kDuplicate, "request ids already used");
  }
  stored.bytes = std::make_shared<const std::string>(message.bytes);
  if (message.conversion) stored.conversion = std::make_shared<const store::Conversion>(*message.conversion);
  const MessageSeq seq = stored.row.seq;
  context_->tables.messages.put(context_->journal, seq, std::move(stored));
  return seq;
}

Result<MessageSeq> MemoryMessageLog::last_seq() {
  const auto& rows = context_->tables.messages.rows();
  return rows.empty() ? MessageSeq(0) : rows.rbegin()->first;
}

Status MemoryMessageLog::set_reply(MessageSeq seq, const store::Reply& reply) {
  LIGAMENT_CHECK(context_->writing());
  LIGAMENT_CHECK(context_->known(std::optional(seq)));
  StoredMessage changed = *context_->tables.messages.find(seq);
  LIGAMENT_TRY(std::string whole, context_->whole_body(reply.body, reply.inserts));
  changed.row.reply = store::Reply{reply.http_status, std::move(whole), {}};
  context_->tables.messages.put(context_->journal, seq, std::move(changed));
  return {};
}

Status MemoryMessageLog::settle(MessageSeq seq, Verdict verdict) {
  LIGAMENT_CHECK(context_->writing());
  if (verdict != Verdict::kAccepted && verdict != Verdict::kRefused) {
    return fail(ErrorCode::kInvalidRequest, "a quarantine ends as accepted or refused");
  }
  LIGAMENT_CHECK(context_->known(std::optional(seq)));
  StoredMessage changed = *context_->tables.messages.find(seq);
  if (changed.row.verdict != Verdict::kQuarantined)
    return fail(ErrorCode::kConflict, "the message is not quarantined");
  changed.row.verdict = verdict;
  context_->tables.messages.put(context_->journal, seq, std::move(changed));
  return {};
}

Result<std::optional<MessageRow>> MemoryMessageLog::find(MessageSeq seq) {
  const StoredMessage* message = context_->tables.messages.find(seq);
  return message == nullptr ? std::nullopt : std::optional(message->row);
}

Result<std::optional<MessageRow>> MemoryMessageLog::find_by_request(std::string_view partner,
                                                                    std::string_view request_id,
                                                                    std::string_view correlation_id) {
  return latest(context_->tables, [&](const StoredMessage& message) {
    return message.holds_ids && message.row.partner == partner && message.row.request_id == request_id &&
           message.row.correlation_id == correlation_id;
  });
}

Result<std::optional<MessageRow>> MemoryMessageLog::find_by_business_id(std::string_view partner,
                                                                        std::string_view business_id) {
  return latest(context_->tables, [&](const StoredMessage& message) {
    return !business_id.empty() && took_effect(message.row) && message.row.partner == partner &&
           message.row.business_id == business_id;
  });
}

Result<std::optional<MessageRow>> MemoryMessageLog::find_by_digest(std::string_view partner,
                                                                   const store::Digest& digest) {
  return latest(context_->tables, [&](const StoredMessage& message) {
    return took_effect(message.row) && message.row.partner == partner && message.row.digest == digest;
  });
}

Result<store::MessagePage> MemoryMessageLog::list(const store::MessageFilter& filter,
                                                  std::optional<MessageSeq> before, std::size_t limit) {
  store::MessagePage page;
  const auto& rows = context_->tables.messages.rows();
  for (auto at = rows.rbegin(); at != rows.rend(); ++at) {
    if ((before && at->first >= *before) || !passes(at->second.row, filter)) continue;
    if (page.rows.size() == limit) {
      if (limit > 0) page.before = page.rows.back().seq;
      break;
    }
    page.rows.push_back(at->second.row);
    page.rows.back().reply.reset();
  }
  return page;
}

Result<std::string> MemoryMessageLog::read_bytes(MessageSeq seq) {
  LIGAMENT_CHECK(context_->known(std::optional(seq)));
  return *context_->tables.messages.find(seq)->bytes;
}

Result<std::optional<store::Conversion>> MemoryMessageLog::read_conversion(MessageSeq seq) {
  LIGAMENT_CHECK(context_->known(std::optional(seq)));
  const StoredMessage& message = *context_->tables.messages.find(seq);
  return message.conversion ? std::optional(*message.conversion) : std::nullopt;
}

}  // namespace gateway::store_memory
