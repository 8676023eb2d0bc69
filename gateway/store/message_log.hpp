// The message log: every message received or sent, with its original bytes, its digest and the answer it got.
//
//   LIGAMENT_TRY(const MessageSeq seq, tx.messages().append(message));
//   LIGAMENT_CHECK(tx.messages().set_reply(seq, {200, outcome_json}));
//
// A refused message is kept for review only and can never become an accepted one. A quarantined message was
// acknowledged and is held for a person.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/base/instant.hpp"
#include "fhir/base/result.hpp"
#include "gateway/store/body_insert.hpp"
#include "gateway/store/ids.hpp"

namespace gateway::store {

enum class Direction : std::uint8_t { kIn = 1, kOut = 2 };

enum class Verdict : std::uint8_t {
  kAccepted = 1,     ///< Took effect. Its request ids are used up.
  kQuarantined = 2,  ///< Acknowledged and held for a person. Its request ids are used up.
  kRefused = 3,      ///< Not acknowledged; belongs to its sender; kept for review.
  kDuplicate = 4,    ///< Same again; the first answer was given again.
};

[[nodiscard]] std::string_view to_text(Direction direction) noexcept;
[[nodiscard]] std::string_view to_text(Verdict verdict) noexcept;
[[nodiscard]] std::optional<Verdict> verdict_from_text(std::string_view text) noexcept;

/// What a message in another format was made into before it took effect.
struct Conversion {
  std::string bundle;   ///< The message as FHIR JSON; empty when none could be made.
  std::string receipt;  ///< JSON: what came from where, and what was not taken.
  friend bool operator==(const Conversion&, const Conversion&) = default;
};

/// A message about to be logged. Texts are UTF-8; an absent one is empty.
struct NewMessage {
  /// Number it takes; kConflict when taken. Absent: one past the highest. A process that gives numbers out
  /// itself (to build ids before the transaction) gives one to every message it appends; they may be appended
  /// out of order and with gaps.
  std::optional<MessageSeq> seq = std::nullopt;
  Direction direction = Direction::kIn;
  std::string partner;
  std::string door;  ///< `http`, `mllp`, `rest`, `file`.
  std::string media_type;
  /// X-Request-Id, or derived from the repetition key. Empty: the message takes no part in the duplicate
  /// rule.
  std::string request_id;
  std::string correlation_id;  ///< X-Correlation-Id, or derived.
  std::string business_id;     ///< What its sender calls the message: Bundle.id, MSH-10.
  std::string event;           ///< `servicerequest-request`, `REF^I12`.
  Digest digest{};             ///< SHA-256 of `bytes`.
  fhir::Instant received_at{};
  Verdict verdict = Verdict::kAccepted;
  std::string bytes;                                    ///< As received, any bytes.
  std::optional<Conversion> conversion = std::nullopt;  ///< Absent for a message that was read as it is.
};

struct Reply {
  int http_status = 0;
  std::string body;
  BodyInserts inserts = {};  ///< For set_reply(). What is found is whole, without inserts.
};

/// A logged message without its bytes.
struct MessageRow {
  MessageSeq seq;
  Direction direction = Direction::kIn;
  std::string partner;
  std::string door;
  std::string media_type;
  std::string request_id;
  std::string correlation_id;
  std::string business_id;
  std::string event;
  Digest digest{};
  fhir::Instant received_at{};
  Verdict verdict = Verdict::kAccepted;
  std::int64_t byte_count = 0;
  std::optional<Reply> reply;  ///< Filled by the find functions; list() leaves it empty.
};

/// All that are set must match.
struct MessageFilter {
  std::optional<Direction> direction;
  std::optional<Verdict> verdict;
  std::optional<std::string> partner;
  std::optional<fhir::Instant> since;  ///< Received at or after.
  std::optional<fhir::Instant> until;  ///< Received before.
};

struct MessagePage {
  std::vector<MessageRow> rows;      ///< Newest first.
  std::optional<MessageSeq> before;  ///< Pass it for the next page; empty at the end.
};

/// Valid inside its transaction only.
class MessageLog {
 public:
  MessageLog() = default;
  MessageLog(const MessageLog&) = delete;
  MessageLog& operator=(const MessageLog&) = delete;
  virtual ~MessageLog() = default;

  /// kDuplicate, and nothing written, when the message is incoming, accepted or quarantined, has a request
  /// id, and one with the same (partner, request id, correlation id) was accepted or quarantined before, also
  /// by a unit of the same group.
  [[nodiscard]] virtual fhir::Result<MessageSeq> append(const NewMessage& message) = 0;
  /// The highest number so far; 0 when the log is empty.
  [[nodiscard]] virtual fhir::Result<MessageSeq> last_seq() = 0;
  /// Sets the answer once or again. kNotFound for an unknown message.
  [[nodiscard]] virtual fhir::Status set_reply(MessageSeq seq, const Reply& reply) = 0;
  /// Ends a quarantine: accepted or refused. kConflict when the message is not quarantined, kInvalidRequest
  /// for another verdict.
  [[nodiscard]] virtual fhir::Status settle(MessageSeq seq, Verdict verdict) = 0;

  [[nodiscard]] virtual fhir::Result<std::optional<MessageRow>> find(MessageSeq seq) = 0;
  /// The message that used up these ids: what a duplicate repeats.
  [[nodiscard]] virtual fhir::Result<std::optional<MessageRow>> find_by_request(
      std::string_view partner, std::string_view request_id, std::string_view correlation_id) = 0;
  /// The latest accepted or quarantined incoming message of the partner with this business id.
  [[nodiscard]] virtual fhir::Result<std::optional<MessageRow>> find_by_business_id(
      std::string_view partner, std::string_view business_id) = 0;
  /// The latest accepted or quarantined incoming message of the partner with these bytes.
  [[nodiscard]] virtual fhir::Result<std::optional<MessageRow>> find_by_digest(std::string_view partner,
                                                                               const Digest& digest) = 0;
  /// At most `limit` rows older than `before`.
  [[nodiscard]] virtual fhir::Result<MessagePage> list(const MessageFilter& filter,
                                                       std::optional<MessageSeq> before,
                                                       std::size_t limit) = 0;
  /// The original bytes. kNotFound for an unknown message.
  [[nodiscard]] virtual fhir::Result<std::string> read_bytes(MessageSeq seq) = 0;
  /// Empty for a message that was not converted. kNotFound for an unknown message.
  [[nodiscard]] virtual fhir::Result<std::optional<Conversion>> read_conversion(MessageSeq seq) = 0;
};

}  // namespace gateway::store
