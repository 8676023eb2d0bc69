// The rows of the model and the journal that takes changes back.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "gateway/store/store.hpp"

namespace gateway::store_memory {

/// How to take back what a transaction did, newest last.
class Journal {
 public:
  void add(std::function<void()> undo) { undo_.push_back(std::move(undo)); }
  [[nodiscard]] std::size_t mark() const noexcept { return undo_.size(); }
  void roll_back(std::size_t mark) {
    while (undo_.size() > mark) {
      undo_.back()();
      undo_.pop_back();
    }
  }
  void forget() { undo_.clear(); }

 private:
  std::vector<std::function<void()>> undo_;
};

/// An ordered map whose changes are journalled.
template <class Key, class Row>
class Table {
 public:
  [[nodiscard]] const std::map<Key, Row>& rows() const noexcept { return rows_; }
  [[nodiscard]] const Row* find(const Key& key) const {
    const auto at = rows_.find(key);
    return at == rows_.end() ? nullptr : &at->second;
  }
  void put(Journal& journal, const Key& key, Row row) {
    const auto at = rows_.find(key);
    if (at == rows_.end()) {
      journal.add([this, key] { rows_.erase(key); });
      rows_.emplace(key, std::move(row));
      return;
    }
    auto before = std::make_shared<Row>(std::move(at->second));
    journal.add([this, key, before] { rows_.at(key) = std::move(*before); });
    at->second = std::move(row);
  }
  /// The key after the last one, from 1.
  [[nodiscard]] Key next() const { return Key(rows_.empty() ? 1 : rows_.rbegin()->first.value() + 1); }

 private:
  std::map<Key, Row> rows_;
};

struct StoredMessage {
  store::MessageRow row;
  bool holds_ids = false;  // its request ids are used up
  std::shared_ptr<const std::string> bytes;
  std::shared_ptr<const store::Conversion> conversion;  // null: none
};

struct StoredReferral {
  store::ReferralRow row;
  std::vector<store::BusinessIdentifier> identifiers;
  std::vector<store::ReferralEvent> events;
};

struct StoredDelivery {
  store::DeliveryRow row;
  std::shared_ptr<const std::string> body;
};

/// Order of creation of a resource.
using ResourceKey = fhir::StrongId<struct ResourceKeyTag, std::int64_t>;

struct StoredResource {
  std::vector<store::ResourceRow> versions;  // oldest first
  std::vector<fhir::search::IndexEntry> index;
  std::vector<std::string> audience;
};

struct Tables {
  Table<store::MessageSeq, StoredMessage> messages;
  Table<ResourceKey, StoredResource> resources;
  Table<store::ReferralSeq, StoredReferral> referrals;
  Table<store::OutboxSeq, StoredDelivery> outbox;
  Table<store::WorkSeq, store::WorkRow> work;
  Table<store::AuditSeq, store::AuditEntry> audit;
  std::map<std::string, std::string, std::less<>> settings;
};

/// What the ports of one transaction share.
struct Context {
  Tables& tables;
  Journal& journal;
  store::Kind kind;
  const store::Caller& caller;
  bool wrote_in_read = false;

  /// Every change asks first.
  [[nodiscard]] fhir::Status writing() {
    if (kind == store::Kind::kWrite) return {};
    wrote_in_read = true;
    return fhir::fail(fhir::ErrorCode::kInternal, "write in a read transaction");
  }
  [[nodiscard]] fhir::Status known(std::optional<store::MessageSeq> seq) const {
    if (!seq || tables.messages.find(*seq) != nullptr) return {};
    return fhir::fail(fhir::ErrorCode::kNotFound, "no such message");
  }
  /// The text with the current version of each resource in its place.
  [[nodiscard]] fhir::Result<std::string> whole_body(const std::string& text,
                                                     const store::BodyInserts& inserts) const {
    std::string whole;
    std::size_t last = 0;
    for (const store::BodyInsert& insert : inserts) {
      if (insert.at < last || insert.at > text.size())
        return fhir::fail(fhir::ErrorCode::kInvalidRequest, "an insert stands outside of its body");
      whole += text.substr(last, insert.at - last);
      last = insert.at;
      const StoredResource* resource = nullptr;
      for (const auto& [key, one] : tables.resources.rows()) {
        if (one.versions.back().type == insert.type && one.versions.back().id == insert.id) resource = &one;
      }
      if (resource == nullptr) return fhir::fail(fhir::ErrorCode::kNotFound, "no such resource");
      whole += resource->versions.back().json;
    }
    return whole + text.substr(last);
  }
  [[nodiscard]] fhir::Status known(std::optional<store::ReferralSeq> seq) const {
    if (!seq || tables.referrals.find(*seq) != nullptr) return {};
    return fhir::fail(fhir::ErrorCode::kNotFound, "no such referral");
  }
};

}  // namespace gateway::store_memory
