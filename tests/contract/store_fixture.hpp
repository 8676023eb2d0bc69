// The stores under contract, and rows to put into them.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <gtest/gtest.h>
#include <memory>
#include <string>

#include "gateway/store/audit_chain.hpp"
#include "gateway/store/store.hpp"
#include "gateway/store_memory/memory_store.hpp"
#include "gateway/store_sqlite/sqlite_store.hpp"
#include "tests/fault/fault_vfs.hpp"

namespace tests::contract {

namespace store = gateway::store;
using fhir::ErrorCode;
using fhir::Instant;
using fhir::Result;
using fhir::Status;
using store::Caller;
using store::Kind;
using store::Transaction;

inline const Caller kCaller{"north-practice", "G81001", "gp"};

/// `seconds` after a fixed start.
inline Instant at(int seconds) {
  return std::chrono::sys_days(std::chrono::year(2026) / 11 / 22) + std::chrono::seconds(seconds);
}

/// A folder that is gone with the object.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "ligament-store-XXXXXX").string();
    path_ = mkdtemp(pattern.data());
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  ~TemporaryFolder() { std::filesystem::remove_all(path_); }
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
};

struct InMemory {
  static constexpr bool kPersists = false;
  gateway::store_memory::MemoryStore model;
  store::Store& get() { return model; }
  void reopen() {}
};

struct OnDisk {
  static constexpr bool kPersists = true;
  OnDisk() { reopen(); }
  TemporaryFolder folder;
  std::unique_ptr<gateway::store_sqlite::SqliteStore> opened;
  store::Store& get() { return *opened; }
  void reopen() {
    opened.reset();
    gateway::store_sqlite::Options options;
    options.folder = folder.path() + "/data";
    auto result = gateway::store_sqlite::SqliteStore::open(options);
    if (!result.has_value()) throw std::runtime_error(to_text(result.error()));
    opened = std::move(*result);
  }
};

struct OnFaultDisk {
  static constexpr bool kPersists = true;
  OnFaultDisk() { reopen(); }
  fault::FaultVfs disk{7};
  std::unique_ptr<gateway::store_sqlite::SqliteStore> opened;
  store::Store& get() { return *opened; }
  void reopen() {
    opened.reset();
    gateway::store_sqlite::Options options;
    options.folder = "sim";
    options.vfs = disk.name();
    auto result = gateway::store_sqlite::SqliteStore::open(options);
    if (!result.has_value()) throw std::runtime_error(to_text(result.error()));
    opened = std::move(*result);
  }
};

using Stores = ::testing::Types<InMemory, OnDisk, OnFaultDisk>;

/// A test of the contract: `this->write(fn)` and `this->read(fn)` run one transaction, fn gives a Result.
template <class Home>
class StoreContract : public ::testing::Test {
 protected:
  template <class Fn>
  auto write(Fn fn) {
    return store::value_of(home.get(), Kind::kWrite, kCaller, fn);
  }
  template <class Fn>
  auto read(Fn fn) {
    return store::value_of(home.get(), Kind::kRead, kCaller, fn);
  }
  Home home;
};

inline store::NewMessage message(const std::string& request_id, const std::string& bytes = "{}") {
  store::NewMessage made;
  made.partner = "north-practice";
  made.door = "http";
  made.media_type = "application/fhir+json";
  made.request_id = request_id;
  made.correlation_id = "c-" + request_id;
  made.business_id = "b-" + request_id;
  made.event = "servicerequest-request";
  made.digest = store::sha256(bytes);
  made.received_at = at(0);
  made.bytes = bytes;
  return made;
}

inline store::ReferralRow referral(const std::string& id) {
  store::ReferralRow row;
  row.service_request_id = "sr-" + id;
  row.task_id = "task-" + id;
  row.state = "received";
  row.task_version = 1;
  row.holder_ods = "G81001";
  row.owner_ods = "HUB01";
  row.owner_role = "hub";
  row.deadline = store::ReferralDeadline{at(100), "acknowledge", "hub"};
  row.correlation_id = "c-" + id;
  row.service = "sussex";
  row.destination = "hub";
  row.priority = "routine";
  row.patient_key = store::sha256("patient");
  row.received_at = at(1);
  row.received_on = "2026-11-22";
  row.sender_partner = "north-practice";
  row.memory = "{}";
  return row;
}

inline store::NewDelivery delivery(const std::string& lane, const std::string& business_id, int priority = 1,
                                   const std::string& destination = "hub") {
  store::NewDelivery made;
  made.lane = lane;
  made.destination = destination;
  made.kind = "referral";
  made.media_type = "application/fhir+json";
  made.body = "body of " + business_id;
  made.request_id = "r-" + business_id;
  made.correlation_id = "c-" + business_id;
  made.business_id = business_id;
  made.priority = priority;
  made.created_at = at(0);
  made.not_before = at(10);
  return made;
}

inline store::NewAudit audit(const std::string& event) {
  store::NewAudit made;
  made.at = at(5);
  made.action = store::AuditAction::kCreate;
  made.event = event;
  made.subject = "Task/" + event;
  return made;
}

inline store::ResourceWrite task(const std::string& id, const std::string& status,
                                 const std::string& json = "{}") {
  using fhir::search::IndexEntry;
  using fhir::search::IndexKind;
  store::ResourceWrite write;
  write.type = "Task";
  write.id = id;
  write.json = json;
  write.at = at(2);
  write.index = {IndexEntry{IndexKind::kToken, "status", "", status, {}, {}},
                 IndexEntry{IndexKind::kToken, "identifier", "urn:ubrn", "u-" + id, {}, {}},
                 IndexEntry{IndexKind::kReference, "patient", "Patient", "p1", {}, {}},
                 IndexEntry{IndexKind::kDate, "authored-on", "", "", at(0), at(60)}};
  return write;
}

/// The error code of a Result or Status; kInternal when it succeeded, with a test failure.
template <class R>
ErrorCode code(const R& result) {
  if (!result.has_value()) return result.error().code;
  ADD_FAILURE() << "succeeded";
  return ErrorCode::kInternal;
}

#define ASSERT_OK(expression)                                         \
  do {                                                                \
    const auto& ok_result = (expression);                             \
    ASSERT_TRUE(ok_result.has_value()) << to_text(ok_result.error()); \
  } while (false)

}  // namespace tests::contract
