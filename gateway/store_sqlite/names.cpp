#include "gateway/store_sqlite/names.hpp"

namespace gateway::store_sqlite {

using fhir::Result;

Result<std::optional<std::int64_t>> Names::find(const std::string& text) {
  if (const auto at = known_.find(text); at != known_.end()) return std::optional(at->second);
  Statement select = connection_->prepared(Sql::kNameFind);
  LIGAMENT_TRY(const bool row, select.bind(text).step());
  if (!row) return std::nullopt;
  const std::int64_t id = select.integer(0);
  known_.emplace(text, id);
  fresh_.push_back(text);
  return id;
}

Result<std::int64_t> Names::intern(const std::string& text) {
  LIGAMENT_TRY(const std::optional<std::int64_t> found, find(text));
  if (found) return *found;
  LIGAMENT_CHECK(connection_->prepared(Sql::kNameInsert).bind(text).run());
  const std::int64_t id = connection_->last_row();
  known_.emplace(text, id);
  fresh_.push_back(text);
  return id;
}

void Names::begin_unit() {
  fresh_.clear();
  if (known_.size() > kMostCached) known_.clear();
}

void Names::roll_back_unit() {
  for (const std::string& text : fresh_)
    known_.erase(text);
  fresh_.clear();
}

}  // namespace gateway::store_sqlite
