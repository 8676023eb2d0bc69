#include <algorithm>
#include <charconv>

#include "gateway/store_memory/ports.hpp"

namespace gateway::store_memory {

using fhir::ErrorCode;
using fhir::fail;
using fhir::Result;
using fhir::Status;
using fhir::search::Clause;
using fhir::search::ClauseKind;
using fhir::search::IndexEntry;
using fhir::search::IndexKind;
using fhir::search::Operand;
using store::ResourceRow;
using store::WriteRule;

namespace {

IndexKind index_kind(ClauseKind kind) {
  switch (kind) {
    case ClauseKind::kReference: return IndexKind::kReference;
    case ClauseKind::kString: return IndexKind::kString;
    case ClauseKind::kDate: return IndexKind::kDate;
    default: return IndexKind::kToken;
  }
}

bool holds(const Clause& clause, const Operand& operand, const StoredResource& resource) {
  const ResourceRow& current = resource.versions.back();
  if (clause.kind == ClauseKind::kId) return operand.value == current.id;
  if (clause.kind == ClauseKind::kLastUpdated) return fhir::search::matches(operand, current.at);
  return std::ranges::any_of(resource.index, [&](const IndexEntry& entry) {
    if (entry.kind != index_kind(clause.kind) || entry.param != clause.param) return false;
    if (clause.kind == ClauseKind::kDate) return fhir::search::matches(operand, entry.low, entry.high);
    if (clause.kind == ClauseKind::kString) return operand.value == entry.value;
    return (!operand.system || *operand.system == entry.system) &&
           (!operand.value || *operand.value == entry.value);
  });
}

bool holds(const fhir::search::Query& query, const StoredResource& resource) {
  if (query.audience && std::ranges::find(resource.audience, *query.audience) == resource.audience.end())
    return false;
  return resource.versions.back().type == query.type &&
         std::ranges::all_of(query.all_of, [&](const Clause& clause) {
           return std::ranges::any_of(
               clause.any_of, [&](const Operand& operand) { return holds(clause, operand, resource); });
         });
}

/// The text with the moment of writing taken out; as it is when there is none.
std::string without_stamp(std::string json, const store::ResourceWrite& write) {
  const std::size_t end = json.find('"', write.stamp->at);
  if (write.stamp->at > json.size() || end == std::string::npos) return json;
  return json.erase(write.stamp->at, end - write.stamp->at);
}

std::vector<std::string> seen_by(const std::vector<std::string>& before, std::vector<std::string> named,
                                 store::Sight sight) {
  if (sight == store::Sight::kWiden) named.insert(named.end(), before.begin(), before.end());
  return named;
}

bool stays(const store::ResourceWrite& write, const StoredResource& resource) {
  return write.rule == WriteRule::kAny && write.stamp && !resource.versions.empty() &&
         without_stamp(resource.versions.back().json, write) == without_stamp(write.json, write);
}

}  // namespace

const StoredResource* MemoryResourceStore::lookup(std::string_view type, std::string_view id) const {
  for (const auto& [key, resource] : context_->tables.resources.rows()) {
    const ResourceRow& current = resource.versions.back();
    if (current.type == type && current.id == id) return &resource;
  }
  return nullptr;
}

Result<std::int64_t> MemoryResourceStore::put(const store::ResourceWrite& write) {
  LIGAMENT_CHECK(context_->writing());
  LIGAMENT_CHECK(context_->known(write.message));
  ResourceKey key = context_->tables.resources.next();
  StoredResource changed;
  for (const auto& [at, resource] : context_->tables.resources.rows()) {
    const ResourceRow& current = resource.versions.back();
    if (current.type != write.type || current.id != write.id) continue;
    key = at;
    changed = resource;
  }
  const auto current = static_cast<std::int64_t>(changed.versions.size());
  if (write.rule == WriteRule::kCreate && current > 0)
    return fail(ErrorCode::kConflict, "the resource exists");
  if (write.rule == WriteRule::kMatch && current == 0) return fail(ErrorCode::kNotFound, "no such resource");
  if (write.rule == WriteRule::kMatch && current != write.expected_version) {
    return fail(ErrorCode::kConflict, "the resource has another version");
  }
  changed.audience = seen_by(changed.audience, write.audience, write.sight);
  if (stays(write, changed)) {
    context_->tables.resources.put(context_->journal, key, std::move(changed));
    return current;
  }
  changed.index = write.index;
  changed.versions.push_back({.type = write.type,
                              .id = write.id,
                              .version = current + 1,
                              .at = write.at,
                              .message = write.message,
                              .json = write.json});
  context_->tables.resources.put(context_->journal, key, std::move(changed));
  return current + 1;
}

Status MemoryResourceStore::show(std::string_view type, std::string_view id,
                                 const std::vector<std::string>& partners, store::Sight sight) {
  LIGAMENT_CHECK(context_->writing());
  for (const auto& [key, resource] : context_->tables.resources.rows()) {
    const ResourceRow& current = resource.versions.back();
    if (current.type != type || current.id != id) continue;
    StoredResource changed = resource;
    changed.audience = seen_by(changed.audience, partners, sight);
    context_->tables.resources.put(context_->journal, key, std::move(changed));
    return {};
  }
  return fail(ErrorCode::kNotFound, "no such resource");
}

Result<std::optional<std::int64_t>> MemoryResourceStore::current_version(std::string_view type,
                                                                         std::string_view id) {
  const StoredResource* resource = lookup(type, id);
  return resource == nullptr ? std::nullopt : std::optional(resource->versions.back().version);
}

Result<std::optional<ResourceRow>> MemoryResourceStore::get(std::string_view type, std::string_view id) {
  const StoredResource* resource = lookup(type, id);
  return resource == nullptr ? std::nullopt : std::optional(resource->versions.back());
}

Result<std::optional<ResourceRow>> MemoryResourceStore::get_version(std::string_view type,
                                                                    std::string_view id,
                                                                    std::int64_t version) {
  const StoredResource* resource = lookup(type, id);
  if (resource == nullptr || version < 1 || version > static_cast<std::int64_t>(resource->versions.size())) {
    return std::nullopt;
  }
  return resource->versions[static_cast<std::size_t>(version - 1)];
}

Result<std::vector<ResourceRow>> MemoryResourceStore::history(std::string_view type, std::string_view id,
                                                              std::size_t limit) {
  std::vector<ResourceRow> rows;
  if (const StoredResource* resource = lookup(type, id)) {
    rows.assign(resource->versions.rbegin(), resource->versions.rend());
    rows.resize(std::min(limit, rows.size()));
  }
  return rows;
}

Result<store::ResourcePage> MemoryResourceStore::search(const fhir::search::Query& query) {
  std::optional<std::int64_t> before;
  if (query.cursor) {
    std::int64_t key = 0;
    const char* end = query.cursor->data() + query.cursor->size();
    const auto [stopped, error] = std::from_chars(query.cursor->data(), end, key);
    if (error != std::errc() || stopped != end || key < 1) {
      return fail(ErrorCode::kInvalidRequest, "not a cursor of this server");
    }
    before = key;
  }
  store::ResourcePage page;
  std::int64_t total = 0;
  std::int64_t last = 0;
  bool more = false;
  const auto& rows = context_->tables.resources.rows();
  for (auto at = rows.rbegin(); at != rows.rend(); ++at) {
    if (!holds(query, at->second)) continue;
    ++total;
    if (before && at->first.value() >= *before) continue;
    if (page.rows.size() == query.count) {
      more = true;
      continue;
    }
    page.rows.push_back(at->second.versions.back());
    last = at->first.value();
  }
  if (query.total || query.count == 0) page.total = total;
  if (more && query.count > 0) page.next = std::to_string(last);
  return page;
}

}  // namespace gateway::store_memory
