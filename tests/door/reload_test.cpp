// The installation read again while the gateway runs: partners come and go, whole or not at all.
#include "gateway/app/reload.hpp"

#include "gateway/security/digest.hpp"
#include "tests/door/refused.hpp"

namespace gateway::door {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::shared_ptr<config::Config> changed(const std::function<void(config::Config&)>& change) {
  auto config = std::make_shared<config::Config>(*intake::demonstration());
  config->doors.http = "127.0.0.1:8080";
  config->doors.mllp.clear();
  change(*config);
  return config;
}

void remove(config::Config& config, std::string_view name) {
  std::erase_if(config.partners, [&](const config::Partner& partner) { return partner.name == name; });
}

void add_practice(config::Config& config) {
  config::Partner partner = *config.partner("downland-practice");
  partner.name = "new-practice";
  partner.ods = "99S77";
  partner.token_sha256 = security::to_hex(security::sha256("trial-new-practice"));
  config.partners.push_back(std::move(partner));
}

std::vector<std::string> states_of(House& house, const std::string& destination) {
  std::vector<std::string> states;
  for (const store::DeliveryRow& row : house.deliveries()) {
    if (row.destination == destination) states.emplace_back(store::to_text(row.state));
  }
  return states;
}

TEST(Reload, PartnersComeAndGoWithoutARestart) {
  House house;
  EXPECT_EQ(house.send(house.message(marked(Letter().json()), "new-practice")).status, 401);
  ASSERT_TRUE(house.application->use(*changed(add_practice), intake::all_services()).has_value());
  EXPECT_EQ(house.send(house.message(marked(Letter().json()), "new-practice")).status, 200);
  const auto without = changed([](config::Config& config) { remove(config, "downland-practice"); });
  ASSERT_TRUE(house.application->use(*without, intake::all_services()).has_value());
  EXPECT_EQ(house.send(house.message(marked(Letter().json()), "new-practice")).status, 401);
  EXPECT_EQ(house.send(house.message(marked(Letter().json()), "downland-practice")).status, 401);
  EXPECT_EQ(house.get("/fhir/Task", "sussex-hub").status, 200) << "the others stay";
}

TEST(Reload, WhatCannotBeUsedChangesNothing) {
  House house;
  const auto wrong = changed([](config::Config& config) {
    add_practice(config);
    config.partners.front().endpoint = "ftp://nowhere";
  });
  const fhir::Status used = house.application->use(*wrong, intake::all_services());
  ASSERT_FALSE(used.has_value());
  EXPECT_THAT(used.error().detail, ::testing::HasSubstr("downland-practice")) << "says which partner";
  EXPECT_EQ(house.send(house.message(marked(Letter().json()), "new-practice")).status, 401);
  EXPECT_EQ(house.send(Letter()).status, 200);
}

TEST(Reload, DeliveriesToAPartnerThatIsGoneAreParkedAndNotLost) {
  House house;
  ASSERT_EQ(house.send(Letter()).status, 200);
  ASSERT_THAT(states_of(house, "sussex-hub"), ElementsAre("pending"));
  const auto without = changed([](config::Config& config) { remove(config, "sussex-hub"); });
  ASSERT_TRUE(house.application->use(*without, intake::all_services()).has_value());
  house.simulation.timers.run_for(std::chrono::minutes(5));
  EXPECT_THAT(states_of(house, "sussex-hub"), ElementsAre("parked"));
  EXPECT_TRUE(house.has_work("parked-delivery"));
  for (const store::WorkRow& work : house.work())
    EXPECT_FALSE(work.kind == "dead-delivery" && work.reason.starts_with("referral ")) << work.reason;
  const auto back = changed([](config::Config&) {});
  ASSERT_TRUE(house.application->use(*back, intake::all_services()).has_value());
  const store::Caller operator_caller = intake::kOperator;
  ASSERT_TRUE(house.store
                  ->transact(store::Kind::kWrite, operator_caller,
                             [&](store::Transaction& tx) -> fhir::Status {
                               LIGAMENT_TRY(const auto rows, tx.outbox().list({}, std::nullopt, 100));
                               for (const store::DeliveryRow& row : rows) {
                                 if (row.destination != "sussex-hub") continue;
                                 LIGAMENT_CHECK(tx.outbox().release(row.seq, house.simulation.clock.now()));
                               }
                               return {};
                             })
                  .has_value());
  EXPECT_THAT(states_of(house, "sussex-hub"), ElementsAre("pending")) << "a person lets it go again";
}

TEST(Reload, AReferralToAPartnerThatIsGoneIsHeldForAPerson) {
  House house;
  const auto without = changed([](config::Config& config) { remove(config, "sussex-hub"); });
  ASSERT_TRUE(house.application->use(*without, intake::all_services()).has_value());
  ASSERT_EQ(house.send(Letter()).status, 200);
  EXPECT_EQ(house.referrals().front().state, "quarantined");
  EXPECT_TRUE(house.has_work("held-referral"));
}

TEST(Reload, SaysWhatOnlyARestartChanges) {
  const auto running = changed([](config::Config&) {});
  struct Row {
    const char* section;
    std::function<void(config::Config&)> change;
  };
  const Row rows[] = {
      {"installation", [](config::Config& one) { one.installation.ods = "99S09"; }},
      {"doors", [](config::Config& one) { one.doors.mllp = "127.0.0.1:1"; }},
      {"doors", [](config::Config& one) { one.doors.tls.emplace(); }},
      {"limits", [](config::Config& one) { one.limits.message.max_depth = 7; }},
      {"limits", [](config::Config& one) { one.limits.drain = std::chrono::seconds(7); }},
      {"retry", [](config::Config& one) { one.retry.attempts = 7; }},
      {"data", [](config::Config& one) { one.data_folder = "elsewhere"; }},
  };
  for (const Row& row : rows)
    EXPECT_THAT(app::needs_restart(*running, *changed(row.change)), ElementsAre(row.section));
  const auto taken = changed([](config::Config& one) {
    add_practice(one);
    remove(one, "york-practice");
    one.rota.pop_back();
    one.deadlines.triage_decision.routine = config::Term::in_working_days(1);
    one.default_practice_route = "seaview-practice";
  });
  EXPECT_THAT(app::needs_restart(*running, *taken), IsEmpty());
  EXPECT_THAT(app::removed_partners(*running, *taken), ElementsAre("york-practice"));
  const auto next = app::reloaded(*running, *taken);
  EXPECT_EQ(next->partners.size(), running->partners.size());
  EXPECT_EQ(next->rota.size(), running->rota.size() - 1);
  EXPECT_EQ(next->deadlines.triage_decision.routine, config::Term::in_working_days(1));
  EXPECT_EQ(next->doors.http, running->doors.http);
}

}  // namespace
}  // namespace gateway::door
