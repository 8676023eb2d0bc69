// `message move`: all open pathways of one organisation go to another, in one transaction, with its account.
#include <iostream>

#include "gateway/app/app.hpp"
#include "gateway/app/commands.hpp"
#include "gateway/app/installation.hpp"
#include "gateway/app/keyed_hash.hpp"
#include "gateway/app/mllp_doors.hpp"
#include "gateway/app/outward_rules.hpp"
#include "gateway/intake/bulk_move.hpp"
#include "gateway/store_sqlite/sqlite_store.hpp"

namespace gateway::app {

namespace {

int complain(const fhir::Error& error) {
  std::cerr << "ligament message move: " << fhir::to_text(error) << '\n';
  return error.code == fhir::ErrorCode::kConflict ? kNegative : kUsage;
}

std::string name_of(const config::Config& config, const std::string& ods) {
  for (const config::PartnerRole role : {config::PartnerRole::kProvider, config::PartnerRole::kHub}) {
    if (const config::Partner* partner = config.partner_by_ods(ods, role)) return partner->organisation;
  }
  return {};
}

void print(const MoveOptions& options, const intake::MoveReport& report) {
  std::cout << R"({"from":")" << options.from << R"(","to":")" << options.to << R"(","open":)" << report.open
            << R"(,"of_from":)" << report.of_from << R"(,"of_to":)" << report.of_to << R"(,"of_both":)"
            << report.both << R"(,"moved":)" << report.moved << R"(,"left":)" << report.left
            << R"(,"now_of_to":)" << report.now_of_to << R"(,"holders_changed":)" << report.holders
            << R"(,"balanced":true,"dry_run":)" << (options.dry_run ? "true" : "false") << "}\n";
}

}  // namespace

int run_move(const MoveOptions& options) {
  ServeOptions serve;
  serve.config = options.config;
  serve.data = options.store.data;
  serve.dev = options.config.empty();
  const auto installation = load_installation(serve);
  if (!installation.has_value()) {
    std::cerr << "ligament message move: " << installation.error().detail << '\n';
    return kUsage;
  }
  store_sqlite::Options sqlite;
  sqlite.folder = options.store.data;
  sqlite.mode = store_sqlite::OpenMode::kTool;
  sqlite.readers = 1;
  auto store = store_sqlite::SqliteStore::open(sqlite);
  if (!store.has_value()) return complain(store.error());
  const fhir::SystemClock clock;
  const intake::KeyedHash hash = keyed_hash(installation->id_key);
  std::shared_ptr<const mappings::convert::Converter> converter;
  if (speaks_v2(*installation->config)) {
    auto made = make_converter(*installation->config);
    if (!made.has_value()) return complain(made.error());
    converter = std::move(*made);
  }
  const intake::ReferralChanges changes(
      rules_of(installation->config, *installation->catalogue, std::move(converter), installation->id_key),
      hash, std::string(kSoftwareVersion));
  const intake::BulkMove order{
      options.from, {options.to, name_of(*installation->config, options.to)}, clock.now()};
  std::optional<intake::MoveReport> report;
  const fhir::Status done = (*store)->transact(
      store::Kind::kWrite, {"operator", "", "operator"}, [&](store::Transaction& tx) -> fhir::Status {
        LIGAMENT_TRY(report, intake::move_pathways(tx, changes, order));
        // What is only tried is undone by not succeeding.
        if (options.dry_run) return fhir::fail(fhir::ErrorCode::kCancelled, "dry run");
        return {};
      });
  const bool tried = options.dry_run && !done.has_value() && done.error().code == fhir::ErrorCode::kCancelled;
  if (!done.has_value() && !tried) return complain(done.error());
  print(options, *report);
  return kSuccess;
}

}  // namespace gateway::app
