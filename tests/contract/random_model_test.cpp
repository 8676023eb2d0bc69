// The same random work on the model and on SQLite: every answer is the same. LIGAMENT_SEED repeats one run.
#include <functional>

#include "tests/contract/store_fixture.hpp"

namespace tests::contract {
namespace {

/// One random run: each step writes its answers as text, and the texts of both stores are compared.
class RandomWork {
 public:
  explicit RandomWork(std::uint64_t seed) : random_(seed) {}

  /// A unit whose parameters are drawn now, so that both stores get the same.
  std::function<Status(Transaction&, std::string&)> draw() {
    const int many = 1 + pick(4);
    std::vector<std::function<Status(Transaction&, std::string&)>> steps;
    for (int i = 0; i < many; ++i)
      steps.push_back(draw_step());
    const bool fails = pick(8) == 0;
    return [steps, fails](Transaction& tx, std::string& log) -> Status {
      for (const auto& step : steps)
        LIGAMENT_CHECK(step(tx, log));
      if (fails) return fhir::fail(ErrorCode::kUnprocessable, "drawn to fail");
      return {};
    };
  }

 private:
  int pick(int bound) { return static_cast<int>(random_.below(static_cast<std::uint64_t>(bound))); }
  std::string name(const char* prefix, int bound) { return prefix + std::to_string(pick(bound)); }

  template <class R>
  static void note(std::string& log, const R& result) {
    log += result.has_value() ? " ok" : " " + std::string(fhir::traits(result.error().code).name);
  }
  template <class Id>
  static void note_id(std::string& log, const Result<Id>& result) {
    note(log, result);
    if (result.has_value()) log += std::to_string(result->value());
  }

  std::function<Status(Transaction&, std::string&)> draw_step() {
    switch (pick(9)) {
      case 0: return draw_message();
      case 1: return draw_resource();
      case 2: return draw_search();
      case 3: return draw_referral();
      case 4: return draw_update();
      case 5: return draw_enqueue();
      case 6: return draw_delivery_step();
      case 7: return draw_due();
      default: return draw_audit();
    }
  }

  std::function<Status(Transaction&, std::string&)> draw_message() {
    auto made = message(name("r", 12), name("bytes", 5));
    made.verdict = static_cast<store::Verdict>(1 + pick(4));
    made.business_id = name("b", 6);
    return [made](Transaction& tx, std::string& log) -> Status {
      note_id(log, tx.messages().append(made));
      LIGAMENT_TRY(const auto found, tx.messages().find_by_business_id(made.partner, made.business_id));
      log += found ? std::to_string(found->seq.value()) : "-";
      LIGAMENT_TRY(const auto same, tx.messages().find_by_digest(made.partner, made.digest));
      log += same ? std::to_string(same->seq.value()) : "-";
      return {};
    };
  }
  std::function<Status(Transaction&, std::string&)> draw_resource() {
    auto write = task(name("t", 10), name("s", 3), name("json", 99));
    write.rule = static_cast<store::WriteRule>(pick(3));
    if (pick(2) == 0) {
      const std::string moment = name("moment", 99);
      write.json = R"({"at":")" + moment + R"(","x":")" + name("", 3) + "\"}";
      write.stamp = store::Stamp{7, moment.size()};
    }
    if (pick(2) == 0)
      write.index.push_back({fhir::search::IndexKind::kToken, "status", "", name("s", 3), {}, {}});
    write.expected_version = 1 + pick(3);
    write.at = at(pick(100));
    return [write](Transaction& tx, std::string& log) -> Status {
      const auto version = tx.resources().put(write);
      note(log, version);
      log += std::to_string(version.value_or(0));
      return {};
    };
  }
  std::function<Status(Transaction&, std::string&)> draw_search() {
    using namespace fhir::search;
    Query query;
    query.type = "Task";
    query.count = static_cast<std::uint32_t>(pick(5));
    query.total = pick(2) == 0;
    for (int i = pick(3); i > 0; --i)
      query.all_of.push_back(draw_clause());
    if (pick(4) == 0) query.cursor = std::to_string(1 + pick(10));
    return [query](Transaction& tx, std::string& log) -> Status {
      LIGAMENT_TRY(const auto page, tx.resources().search(query));
      for (const auto& row : page.rows)
        log += " " + row.id + "/" + std::to_string(row.version) + row.json;
      log += " total " + std::to_string(page.total.value_or(-1)) + " next " + page.next.value_or("-");
      return {};
    };
  }
  fhir::search::Clause draw_clause() {
    using namespace fhir::search;
    Clause clause;
    for (int i = 1 + pick(2); i > 0; --i) {
      Operand operand;
      operand.prefix = static_cast<Prefix>(pick(6));
      operand.low = at(pick(100));
      operand.high = operand.low + std::chrono::seconds(1 + pick(60));
      clause.any_of.push_back(operand);
    }
    switch (pick(5)) {
      case 0:
        clause.kind = ClauseKind::kId;
        for (Operand& operand : clause.any_of)
          operand.value = name("t", 10);
        return clause;
      case 1: clause.kind = ClauseKind::kLastUpdated; return clause;
      case 2:
        clause.kind = ClauseKind::kDate;
        clause.param = "authored-on";
        return clause;
      case 3:
        clause.param = "identifier";
        for (Operand& operand : clause.any_of) {
          operand.value = name("u-t", 10);
          if (pick(2) == 0) operand.system = pick(3) == 0 ? "urn:other" : "urn:ubrn";
        }
        return clause;
      default:
        clause.param = "status";
        for (Operand& operand : clause.any_of)
          operand.value = name("s", 3);
        return clause;
    }
  }
  std::function<Status(Transaction&, std::string&)> draw_referral() {
    auto row = referral(name("", 12));
    row.open = pick(4) != 0;
    row.deadline->at = at(pick(100));
    return [row](Transaction& tx, std::string& log) -> Status {
      note_id(log, tx.referrals().insert(row, {{"ubrn", row.task_id}}));
      return {};
    };
  }
  std::function<Status(Transaction&, std::string&)> draw_update() {
    auto row = referral("x");
    row.seq = store::ReferralSeq(1 + pick(12));
    row.version = 1 + pick(3);
    row.state = name("state", 4);
    row.open = pick(3) != 0;
    row.deadline->at = at(pick(100));
    const Instant now = at(pick(100));
    return [row, now](Transaction& tx, std::string& log) -> Status {
      note(log, tx.referrals().update(row));
      note(log, tx.referrals().append_event(row.seq, {now, "k", "a", "d", std::nullopt, {"Task/1"}}));
      LIGAMENT_TRY(const auto due, tx.referrals().due(now, 5));
      for (const auto& each : due)
        log += " " + each.task_id;
      LIGAMENT_TRY(const auto counts, tx.referrals().counts());
      for (const auto& each : counts)
        log += " " + each.state + (each.open ? "+" : "-") + std::to_string(each.count);
      return {};
    };
  }
  std::function<Status(Transaction&, std::string&)> draw_enqueue() {
    auto made = delivery(name("lane", 5), name("d", 30), 1 + pick(3), name("dest", 3));
    made.not_before = at(pick(50));
    for (int i = pick(3); i > 0; --i)
      made.inserts.push_back({static_cast<std::size_t>(6 - 2 * i), "Task", name("t", 10)});
    const store::OutboxSeq seq(1 + pick(20));
    return [made, seq](Transaction& tx, std::string& log) -> Status {
      note_id(log, tx.outbox().enqueue(made));
      log += tx.outbox().read_body(seq).value_or("-");
      return {};
    };
  }
  std::function<Status(Transaction&, std::string&)> draw_delivery_step() {
    const store::OutboxSeq seq(1 + pick(20));
    const Instant when = at(pick(100));
    const int kind = pick(7);
    return [seq, when, kind](Transaction& tx, std::string& log) -> Status {
      store::OutboxStore& outbox = tx.outbox();
      const auto take = [&]() -> Status {
        switch (kind) {
          case 0: return outbox.retry(seq, when, "e");
          case 1: return outbox.mark_sent(seq, when);
          case 2: return outbox.mark_delivered(seq, when);
          case 3: return outbox.mark_dead(seq, when, "e");
          case 4: return outbox.park(seq);
          case 5: return outbox.release(seq, when);
          default: return outbox.abandon(seq, when, "e");
        }
      };
      note(log, take());
      LIGAMENT_TRY(const auto row, outbox.find(seq));
      if (row) log += std::string(to_text(row->state)) + std::to_string(row->attempts) + row->last_error;
      return {};
    };
  }
  std::function<Status(Transaction&, std::string&)> draw_due() {
    const Instant now = at(pick(100));
    const auto limit = static_cast<std::size_t>(pick(6));
    const auto per_destination = static_cast<std::size_t>(pick(4));
    store::UnderWay under_way;
    for (int seq = 1; seq < 40; ++seq) {
      if (pick(4) == 0) under_way.deliveries.emplace_back(seq);
    }
    if (pick(2) == 0) under_way.places[name("p", 3)] = static_cast<std::size_t>(pick(3));
    return [=](Transaction& tx, std::string& log) -> Status {
      LIGAMENT_TRY(const auto due, tx.outbox().due(now, limit, per_destination, under_way));
      for (const auto& row : due)
        log += " " + std::to_string(row.seq.value());
      LIGAMENT_TRY(const auto overdue, tx.outbox().overdue_answers(now, limit));
      for (const auto& row : overdue)
        log += " o" + std::to_string(row.seq.value());
      return {};
    };
  }
  std::function<Status(Transaction&, std::string&)> draw_audit() {
    const auto entry = audit(name("e", 5));
    return [entry](Transaction& tx, std::string& log) -> Status {
      note_id(log, tx.audit().append(entry));
      LIGAMENT_TRY(const auto head, tx.audit().head());
      log += std::string(head.hash.begin(), head.hash.end());
      LIGAMENT_TRY(const auto verdict, tx.audit().verify({}));
      log += verdict.reason;
      return {};
    };
  }

  fhir::SeededRandom random_;
};

std::string run(store::Store& store, const std::function<Status(Transaction&, std::string&)>& work) {
  std::string log;
  const Status done = store.transact(Kind::kWrite, kCaller, [&](Transaction& tx) -> Status {
    log.clear();
    return work(tx, log);
  });
  return log + (done.has_value() ? " committed" : " " + std::string(fhir::traits(done.error().code).name));
}

TEST(StoreModel, SqliteAnswersAsTheModelDoes) {
  const char* const given = std::getenv("LIGAMENT_SEED");
  const std::uint64_t first = given != nullptr ? std::strtoull(given, nullptr, 10) : 1;
  const std::uint64_t last = given != nullptr ? first : 30;
  for (std::uint64_t seed = first; seed <= last; ++seed) {
    SCOPED_TRACE("LIGAMENT_SEED=" + std::to_string(seed));
    RandomWork work(seed);
    InMemory model;
    OnFaultDisk sqlite;
    for (int step = 0; step < 150; ++step) {
      const auto unit = work.draw();
      const std::string expected = run(model.get(), unit);
      const std::string found = run(sqlite.get(), unit);
      ASSERT_EQ(expected, found) << "step " << step;
      if (step % 50 == 49) sqlite.reopen();
    }
  }
}

}  // namespace
}  // namespace tests::contract
