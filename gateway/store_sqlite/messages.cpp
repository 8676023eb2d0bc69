#include <cstring>

#include "gateway/store/audit_chain.hpp"
#include "gateway/store_sqlite/bodies.hpp"
#include "gateway/store_sqlite/ports.hpp"

namespace gateway::store_sqlite {

using fhir::ErrorCode;
using fhir::fail;
using fhir::Result;
using fhir::Status;
using store::Digest;
using store::MessageRow;
using store::MessageSeq;
using store::Verdict;

namespace {

/// A digest of several texts that no other list of texts has.
Digest digest_of(std::initializer_list<std::string_view> texts) {
  std::string joined;
  for (const std::string_view text : texts) {
    joined += std::to_string(text.size());
    joined += ':';
    joined += text;
  }
  return store::sha256(joined);
}

/// The first 8 bytes as an integer: a small key for an index whose hits are compared in full.
std::int64_t short_key(const Digest& digest) {
  std::int64_t key = 0;
  std::memcpy(&key, digest.data(), sizeof key);
  return key;
}

/// The key that is unique among messages that used up their request ids.
std::string request_key(std::string_view partner, std::string_view request_id,
                        std::string_view correlation_id) {
  const Digest digest = digest_of({partner, request_id, correlation_id});
  return {digest.begin(), digest.begin() + 16};
}

MessageRow read_row(const Statement& row) {
  return {.seq = MessageSeq(row.integer(0)),
          .direction = static_cast<store::Direction>(row.integer(1)),
          .partner = row.text(2),
          .door = row.text(3),
          .media_type = row.text(4),
          .request_id = row.text(5),
          .correlation_id = row.text(6),
          .business_id = row.text(7),
          .event = row.text(8),
          .digest = row.digest(9),
          .received_at = row.instant(10),
          .verdict = static_cast<Verdict>(row.integer(11)),
          .byte_count = row.integer(12),
          .reply = std::nullopt};
}

/// The row a statement finds, with its reply.
Result<std::optional<MessageRow>> found(Session& session, Statement& statement) {
  LIGAMENT_TRY(std::optional<MessageRow> row, row_of<MessageRow>(statement, read_row));
  if (!row) return std::nullopt;
  Statement reply = session.prepared(Sql::kMessageReply);
  LIGAMENT_TRY(const bool answered, reply.bind(row->seq).step());
  if (!answered) return row;
  LIGAMENT_TRY(std::string body, whole_body(session, reply.view(1), reply.view(2)));
  row->reply = store::Reply{static_cast<int>(reply.integer(0)), std::move(body), {}};
  return row;
}

}  // namespace

Result<MessageSeq> SqliteMessageLog::append(const store::NewMessage& message) {
  LIGAMENT_CHECK(session_->writing());
  const bool took_effect =
      message.direction == store::Direction::kIn &&
      (message.verdict == Verdict::kAccepted || message.verdict == Verdict::kQuarantined);
  std::string key;
  std::optional<Blob> ids;
  std::optional<std::int64_t> business_key;
  std::optional<std::int64_t> digest_key;
  if (took_effect) {
    digest_key = short_key(message.digest);
    if (!message.business_id.empty())
      business_key = short_key(digest_of({message.partner, message.business_id}));
    if (!message.request_id.empty()) {
      key = request_key(message.partner, message.request_id, message.correlation_id);
      ids = Blob{key};
    }
  }
  const Status inserted =
      session_->prepared(Sql::kMessageInsert)
          .bind(message.direction, message.partner, message.door, message.media_type, message.request_id,
                message.correlation_id, message.business_id, message.event, blob(message.digest),
                message.received_at, message.verdict, static_cast<std::int64_t>(message.bytes.size()), ids,
                business_key, digest_key, message.seq)
          .run();
  if (!inserted.has_value()) {
    if (inserted.error().code != ErrorCode::kConflict) return fail(inserted.error());
    if (message.seq && session_->known(*message.seq).has_value()) {
      return fail(ErrorCode::kConflict, "the message number is taken");
    }
    return fail(ErrorCode::kDuplicate, "request ids already used");
  }
  const MessageSeq seq(session_->connection.last_row());
  session_->appended = seq;
  LIGAMENT_CHECK(session_->prepared(Sql::kMessageBodyInsert).bind(seq, Blob{message.bytes}).run());
  if (message.conversion) {
    LIGAMENT_CHECK(session_->prepared(Sql::kMessageConversionInsert)
                       .bind(seq, Blob{message.conversion->bundle}, Blob{message.conversion->receipt})
                       .run());
  }
  return seq;
}

Result<MessageSeq> SqliteMessageLog::last_seq() {
  Statement select = session_->prepared(Sql::kMessageLast);
  LIGAMENT_TRY(const bool row, select.step());
  return MessageSeq(row ? select.integer(0) : 0);
}

Status SqliteMessageLog::set_reply(MessageSeq seq, const store::Reply& reply) {
  LIGAMENT_CHECK(session_->writing());
  LIGAMENT_TRY(const std::optional<std::string> inserts,
               encode_inserts(*session_, reply.body.size(), reply.inserts));
  return session_->prepared(Sql::kMessageReplySet)
      .bind(seq, reply.http_status, Blob{reply.body}, maybe_blob(inserts))
      .run();
}

Status SqliteMessageLog::settle(MessageSeq seq, Verdict verdict) {
  LIGAMENT_CHECK(session_->writing());
  if (verdict != Verdict::kAccepted && verdict != Verdict::kRefused) {
    return fail(ErrorCode::kInvalidRequest, "a quarantine ends as accepted or refused");
  }
  LIGAMENT_CHECK(session_->prepared(Sql::kMessageSettle).bind(seq, verdict).run());
  if (session_->connection.changes() == 1) return {};
  LIGAMENT_CHECK(session_->known(seq));
  return fail(ErrorCode::kConflict, "the message is not quarantined");
}

Result<std::optional<MessageRow>> SqliteMessageLog::find(MessageSeq seq) {
  Statement select = session_->prepared(Sql::kMessageFind);
  return found(*session_, select.bind(seq));
}

Result<std::optional<MessageRow>> SqliteMessageLog::find_by_request(std::string_view partner,
                                                                    std::string_view request_id,
                                                                    std::string_view correlation_id) {
  const std::string key = request_key(partner, request_id, correlation_id);
  Statement select = session_->prepared(Sql::kMessageFindRequest);
  return found(*session_, select.bind(Blob{key}));
}

Result<std::optional<MessageRow>> SqliteMessageLog::find_by_business_id(std::string_view partner,
                                                                        std::string_view business_id) {
  Statement select = session_->prepared(Sql::kMessageFindBusiness);
  return found(*session_, select.bind(short_key(digest_of({partner, business_id})), partner, business_id));
}

Result<std::optional<MessageRow>> SqliteMessageLog::find_by_digest(std::string_view partner,
                                                                   const Digest& digest) {
  Statement select = session_->prepared(Sql::kMessageFindDigest);
  return found(*session_, select.bind(short_key(digest), partner, blob(digest)));
}

Result<store::MessagePage> SqliteMessageLog::list(const store::MessageFilter& filter,
                                                  std::optional<MessageSeq> before, std::size_t limit) {
  store::MessagePage page;
  if (limit == 0) return page;
  const std::int64_t below = before ? before->value() : INT64_MAX;
  Statement select = session_->prepared(Sql::kMessageList);
  select.bind(below, filter.direction, filter.verdict, filter.partner, filter.since, filter.until,
              limit_of(limit) + 1);
  LIGAMENT_TRY(page.rows, rows_of<MessageRow>(select, read_row));
  if (page.rows.size() > limit) {
    page.rows.pop_back();
    page.before = page.rows.back().seq;
  }
  return page;
}

Result<std::string> SqliteMessageLog::read_bytes(MessageSeq seq) {
  Statement select = session_->prepared(Sql::kMessageBytes);
  LIGAMENT_TRY(const bool row, select.bind(seq).step());
  if (!row) return fail(ErrorCode::kNotFound, "no such message");
  return select.text(0);
}

Result<std::optional<store::Conversion>> SqliteMessageLog::read_conversion(MessageSeq seq) {
  LIGAMENT_CHECK(session_->known(seq));
  Statement select = session_->prepared(Sql::kMessageConversion);
  return row_of<store::Conversion>(select.bind(seq), [](const Statement& row) {
    return store::Conversion{row.text(0), row.text(1)};
  });
}

}  // namespace gateway::store_sqlite
