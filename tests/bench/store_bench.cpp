// How many referrals a second the store on SQLite takes: 64 requests at a time, each waiting for its commit.
//
//   store_bench [--folder DIR] [--seconds N] [--concurrency N] [--warm N]
//
// One unit writes what a real referral writes: a message of 12 KB, eight resources of 1.5 KB with their index
// entries, a referral with its identifiers and timeline, two deliveries, an audit entry; about 25 KB and 60
// rows. One line of JSON on standard output.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/thread_pool.hpp>

#include "gateway/commit/committer.hpp"
#include "gateway/store/audit_chain.hpp"
#include "gateway/store_sqlite/sqlite_store.hpp"

namespace {

using namespace gateway;  // NOLINT: a program
using fhir::Instant;
using fhir::Result;
using fhir::Status;
using fhir::search::IndexEntry;
using fhir::search::IndexKind;
using Clock = std::chrono::steady_clock;

struct Settings {
  std::string folder = "/tmp/ligament-store-bench";
  double seconds = 5;
  int concurrency = 64;
  int warm = 0;  // referrals in the store before the measurement
};

std::string uuid(std::int64_t n, int salt) {
  // Scattered, as ids of senders are.
  const std::uint64_t mixed =
      (static_cast<std::uint64_t>(n) * 2654435761u + static_cast<std::uint64_t>(salt)) * 0x9E3779B97F4A7C15u;
  char text[40];
  std::snprintf(text, sizeof text, "%08x-%04x-4%03x-8%03x-%012llx", static_cast<unsigned>(mixed >> 32u),
                static_cast<unsigned>(mixed & 0xFFFFu), static_cast<unsigned>((mixed >> 16u) & 0xFFFu),
                static_cast<unsigned>(salt & 0xFFF), static_cast<unsigned long long>(n));
  return text;
}

store::ResourceWrite resource(std::int64_t n, int which, store::MessageSeq message, Instant now) {
  static constexpr const char* kTypes[] = {"ServiceRequest", "Task",         "Communication", "Patient",
                                           "Encounter",      "Organization", "Practitioner",  "Provenance"};
  char id[32];
  std::snprintf(id, sizeof id, "%012llx-%02d", static_cast<unsigned long long>(n), which);
  store::ResourceWrite write;
  write.type = kTypes[which];
  write.id = id;
  write.json = std::string(1500, 'r');
  write.message = message;
  write.at = now;
  write.index = {
      IndexEntry{IndexKind::kToken, "identifier", "https://example.org/id", uuid(n, which), {}, {}},
      IndexEntry{IndexKind::kToken, "status", "", "active", {}, {}},
      IndexEntry{IndexKind::kReference, "patient", "Patient", id, {}, {}}};
  return write;
}

Status write_referral(store::Transaction& tx, std::int64_t n) {
  const Instant now =
      std::chrono::time_point_cast<std::chrono::microseconds>(std::chrono::system_clock::now());
  store::NewMessage message;
  message.partner = "north-practice";
  message.door = "http";
  message.media_type = "application/fhir+json";
  message.request_id = uuid(n, 100);
  message.correlation_id = uuid(n, 101);
  message.business_id = uuid(n, 102);
  message.event = "servicerequest-request";
  message.bytes = std::string(12'000, 'm') + std::to_string(n);
  message.digest = store::sha256(message.bytes);
  message.received_at = now;
  LIGAMENT_TRY(const store::MessageSeq seq, tx.messages().append(message));
  LIGAMENT_CHECK(tx.messages().set_reply(seq, {200, std::string(800, 'a')}));
  for (int i = 0; i < 8; ++i) {
    LIGAMENT_TRY([[maybe_unused]] const auto version, tx.resources().put(resource(n, i, seq, now)));
  }
  store::ReferralRow row;
  row.service_request_id = "sr-" + std::to_string(n);
  row.task_id = "task-" + std::to_string(n);
  row.state = "received";
  row.deadline = store::ReferralDeadline{now, "acknowledge", "hub"};
  row.correlation_id = message.correlation_id;
  row.patient_key = message.digest;
  row.received_at = now;
  LIGAMENT_TRY(const store::ReferralSeq referral, tx.referrals().insert(row, {{"ubrn", uuid(n, 103)}}));
  for (const char* kind : {"received", "routed"}) {
    LIGAMENT_CHECK(tx.referrals().append_event(referral, {now, kind, "north-practice", "", seq, {}}));
  }
  for (const char* destination : {"hub", "gp"}) {
    store::NewDelivery out;
    out.referral = referral;
    out.lane = std::to_string(referral.value()) + destination;
    out.destination = destination;
    out.business_id = uuid(n, 104);
    out.body = std::string(2'000, 'o');
    out.not_before = now;
    LIGAMENT_TRY([[maybe_unused]] const auto queued, tx.outbox().enqueue(out));
  }
  store::NewAudit entry;
  entry.at = now;
  entry.event = "referral-received";
  entry.referral = referral;
  LIGAMENT_TRY([[maybe_unused]] const auto sealed, tx.audit().append(entry));
  return {};
}

struct Run {
  commit::Committer* committer;
  Clock::time_point end;
  std::int64_t next = 0;
  std::int64_t last = 0;  // when not 0, stop there instead of at `end`
  std::vector<double> latencies_ms;
  std::int64_t failures = 0;

  bool done() const { return last != 0 ? next >= last : Clock::now() >= end; }
};

boost::asio::awaitable<void> one_client(Run& run) {
  while (!run.done()) {
    const std::int64_t n = ++run.next;
    store::Unit unit{{"north-practice", "G81001", "gp"},
                     [n](store::Transaction& tx) { return write_referral(tx, n); },
                     32'000};
    const Clock::time_point start = Clock::now();
    const Result<commit::Committed> committed = co_await run.committer->commit(std::move(unit));
    run.latencies_ms.push_back(std::chrono::duration<double, std::milli>(Clock::now() - start).count());
    if (!committed.has_value()) ++run.failures;
  }
}

void drive(Run& run, int concurrency) {
  boost::asio::io_context loop(1);
  for (int i = 0; i < concurrency; ++i)
    boost::asio::co_spawn(loop, one_client(run), boost::asio::detached);
  loop.run();
}

double percentile(std::vector<double>& sorted, double part) {
  if (sorted.empty()) return 0;
  return sorted[static_cast<std::size_t>(part * static_cast<double>(sorted.size() - 1))];
}

double open_empty_ms(const std::string& folder) {
  std::filesystem::remove_all(folder);
  const Clock::time_point start = Clock::now();
  store_sqlite::Options options;
  options.folder = folder;
  const auto opened = store_sqlite::SqliteStore::open(options);
  return opened.has_value() ? std::chrono::duration<double, std::milli>(Clock::now() - start).count() : -1;
}

int measure(const Settings& settings) {
  const double open_ms = open_empty_ms(settings.folder);
  store_sqlite::Options options;
  options.folder = settings.folder;
  auto opened = store_sqlite::SqliteStore::open(options);
  if (!opened.has_value()) {
    std::fprintf(stderr, "%s\n", to_text(opened.error()).c_str());
    return 3;
  }
  store_sqlite::SqliteStore& store = **opened;
  boost::asio::thread_pool writer(1);
  std::jthread checkpoints([&store](const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
      if (!store.checkpoint_if_needed().has_value()) return;
    }
  });
  commit::Committer committer(store, writer.get_executor());
  Run run{&committer, {}, 0, settings.warm, {}, 0};
  if (settings.warm > 0) drive(run, settings.concurrency);
  const std::int64_t before = run.next;
  const auto groups_before = committer.figures().groups;
  run.last = 0;
  run.latencies_ms.clear();
  const Clock::time_point start = Clock::now();
  run.end =
      start + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(settings.seconds));
  drive(run, settings.concurrency);
  const double elapsed = std::chrono::duration<double>(Clock::now() - start).count();
  writer.join();
  const auto units = run.next - before;
  const auto groups = committer.figures().groups - groups_before;
  std::ranges::sort(run.latencies_ms);
  std::printf(
      "{\"bench\":\"store\",\"durability\":\"disk\",\"concurrency\":%d,\"warm\":%d,\"seconds\":%.2f,"
      "\"referrals\":%lld,"
      "\"per_second\":%.0f,\"failures\":%lld,\"group_mean\":%.1f,\"p50_ms\":%.2f,\"p99_ms\":%.2f,\"max_ms\":%"
      ".2f,"
      "\"log_pages\":%d,\"open_empty_ms\":%.2f}\n",
      settings.concurrency, settings.warm, elapsed, static_cast<long long>(units),
      static_cast<double>(units) / elapsed, static_cast<long long>(run.failures),
      static_cast<double>(units) / static_cast<double>(std::max<std::uint64_t>(groups, 1)),
      percentile(run.latencies_ms, 0.5), percentile(run.latencies_ms, 0.99),
      percentile(run.latencies_ms, 1.0), store.log_pages(), open_ms);
  return run.failures == 0 ? 0 : 1;
}

}  // namespace

int main(int count, char** arguments) {
  Settings settings;
  for (int i = 1; i + 1 < count; i += 2) {
    const std::string name = arguments[i];
    const char* const value = arguments[i + 1];
    if (name == "--folder") settings.folder = value;
    if (name == "--seconds") settings.seconds = std::strtod(value, nullptr);
    if (name == "--concurrency") settings.concurrency = static_cast<int>(std::strtol(value, nullptr, 10));
    if (name == "--warm") settings.warm = static_cast<int>(std::strtol(value, nullptr, 10));
  }
  return measure(settings);
}
