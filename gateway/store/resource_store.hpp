// FHIR resources: their current JSON, every earlier version, and the search index tables.
//
//   ResourceWrite write;
//   write.type = "Task";
//   write.id = task_id;
//   write.rule = WriteRule::kMatch;
//   write.expected_version = 3;
//   write.json = fhir::json::write(task->root());
//   write.index = fhir::search::index_entries(task->root());
//   LIGAMENT_TRY(const std::int64_t version, tx.resources().put(write));
//
// The store does not parse the JSON. Versions count 1, 2, 3 without gaps, so whoever writes meta.versionId
// into the JSON takes current_version() + 1 in the same transaction.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/base/instant.hpp"
#include "fhir/base/result.hpp"
#include "fhir/search/index_entry.hpp"
#include "fhir/search/query.hpp"
#include "gateway/store/ids.hpp"

namespace gateway::store {

enum class WriteRule : std::uint8_t {
  kAny,     ///< Create or replace.
  kCreate,  ///< kConflict when the resource exists.
  kMatch,   ///< If-Match: kConflict unless the current version is `expected_version`; kNotFound when there is
            ///< none.
};

/// The bytes of a JSON text that tell when it was written: the value of meta.lastUpdated, without quotes.
struct Stamp {
  std::size_t at = 0;
  std::size_t length = 0;
};

/// What becomes of those a resource is shown to already.
enum class Sight : std::uint8_t {
  kReplace,  ///< Only those named now.
  kWiden,    ///< They stay: for what several referrals share.
};

struct ResourceWrite {
  std::string type;
  std::string id;
  std::string json;
  WriteRule rule = WriteRule::kAny;
  std::int64_t expected_version = 0;
  std::vector<fhir::search::IndexEntry> index;  ///< Replaces the entries of the version before.
  std::vector<std::string>
      audience;  ///< Partners it is shown to from now on; others search as if it were not there.
  Sight sight = Sight::kReplace;
  std::optional<MessageSeq> message;  ///< The message that caused the write.
  fhir::Instant at{};                 ///< Last updated.
  /// With kAny: when nothing but these bytes differs from the current version, that version stays, with its
  /// moment and its message; only the audience is taken.
  std::optional<Stamp> stamp = std::nullopt;
};

struct ResourceRow {
  std::string type;
  std::string id;
  std::int64_t version = 0;
  fhir::Instant at{};
  std::optional<MessageSeq> message;
  std::string json;
};

struct ResourcePage {
  std::vector<ResourceRow> rows;      ///< Newest created first.
  std::optional<std::int64_t> total;  ///< When the query asked for it.
  std::optional<std::string> next;    ///< Cursor of the next page (Query::cursor); empty at the end.
};

/// Valid inside its transaction only.
class ResourceStore {
 public:
  ResourceStore() = default;
  ResourceStore(const ResourceStore&) = delete;
  ResourceStore& operator=(const ResourceStore&) = delete;
  virtual ~ResourceStore() = default;

  /// Writes a version and gives its number, or that of the one that stays. Errors: WriteRule.
  [[nodiscard]] virtual fhir::Result<std::int64_t> put(const ResourceWrite& write) = 0;
  /// Changes nothing but whom it is shown to. kNotFound when there is no such resource.
  [[nodiscard]] virtual fhir::Status show(std::string_view type, std::string_view id,
                                          const std::vector<std::string>& partners, Sight sight) = 0;
  [[nodiscard]] virtual fhir::Result<std::optional<std::int64_t>> current_version(std::string_view type,
                                                                                  std::string_view id) = 0;
  [[nodiscard]] virtual fhir::Result<std::optional<ResourceRow>> get(std::string_view type,
                                                                     std::string_view id) = 0;
  [[nodiscard]] virtual fhir::Result<std::optional<ResourceRow>> get_version(std::string_view type,
                                                                             std::string_view id,
                                                                             std::int64_t version) = 0;
  /// All versions, newest first, at most `limit`.
  [[nodiscard]] virtual fhir::Result<std::vector<ResourceRow>> history(std::string_view type,
                                                                       std::string_view id,
                                                                       std::size_t limit) = 0;
  /// kInvalidRequest for a cursor this store did not give. Cost: one index range for the most selective
  /// clause by position, a probe for the others; a total counts all matches.
  [[nodiscard]] virtual fhir::Result<ResourcePage> search(const fhir::search::Query& query) = 0;
};

}  // namespace gateway::store
