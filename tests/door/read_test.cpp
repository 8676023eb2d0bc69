// What partners read and find, and what they do not.
#include "tests/door/refused.hpp"

namespace gateway::door {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

std::vector<std::string> ids_of(const Answer& answer) {
  std::vector<std::string> ids;
  const auto bundle = answer.tree();
  if (bundle == nullptr) return ids;
  for (const fhir::tree::Node entry : bundle->root().children("entry"))
    ids.emplace_back(entry.at("resource", "id").text());
  return ids;
}

/// Path and query of the link with this relation; empty: none.
std::string link(const Answer& answer, std::string_view relation) {
  const auto bundle = answer.tree();
  for (const fhir::tree::Node link : bundle->root().children("link")) {
    if (link.child("relation").text() != relation) continue;
    const std::string url(link.child("url").text());
    return url.substr(url.find("/fhir/"));
  }
  return {};
}

Letter numbered(int number) {
  return with([&](Letter& l) {
    l.bundle = uuid(500 + number);
    l.request_id = uuid(600 + number);
    l.ubrn = std::to_string(100'000'000'000 + number);
  });
}

void send_three(House& house) {
  for (int i = 0; i < 3; ++i) {
    ASSERT_EQ(house.send(numbered(i)).status, 200);
    house.simulation.clock.advance(std::chrono::seconds(60));
  }
}

TEST(Read, EveryStoredResourceInBothFormats) {
  for (const Keep keep : {Keep::kMemory, Keep::kSqlite}) {
    House house(false, keep);
    ASSERT_EQ(house.send(Letter()).status, 200);
    for (const std::string& type : House::searchable_types()) {
      for (const store::ResourceRow& row : house.resources(type)) {
        const std::string path = "/fhir/" + type + "/" + row.id;
        SCOPED_TRACE(path);
        const Answer json = house.get(path);
        const Answer xml = house.get(path, "downland-practice", "application/fhir+xml");
        ASSERT_EQ(json.status, 200) << json.body;
        ASSERT_EQ(xml.status, 200);
        EXPECT_EQ(json.header("etag"), "W/\"" + std::to_string(row.version) + "\"");
        EXPECT_THAT(json.header("last-modified"), ::testing::EndsWith("GMT"));
        EXPECT_EQ(json.tree()->root().at("meta", "versionId").text(), std::to_string(row.version));
        EXPECT_EQ(fhir::json::write(xml.tree()->root()), fhir::json::write(json.tree()->root()));
      }
    }
  }
}

TEST(Read, IsAudited) {
  House house;
  ASSERT_EQ(house.send(Letter()).status, 200);
  const std::string id = house.referrals().front().task_id;
  const auto before = house.audit().size();
  EXPECT_EQ(house.get("/fhir/Task/" + id).status, 200);
  EXPECT_EQ(house.get("/fhir/Task?status=requested").status, 200);
  EXPECT_EQ(house.get("/fhir/Task/" + id, "seaview-practice").status, 404);
  const auto audit = house.audit();
  ASSERT_EQ(audit.size(), before + 3);
  EXPECT_EQ(audit[before].what.event, "read");
  EXPECT_EQ(audit[before].what.subject, "Task/" + id);
  EXPECT_EQ(audit[before].caller.partner, "downland-practice");
  EXPECT_EQ(audit[before + 1].what.event, "search");
  EXPECT_EQ(audit[before + 2].caller.partner, "seaview-practice");
  EXPECT_NE(audit[before + 2].what.outcome, store::AuditOutcome::kSuccess);
}

TEST(Visibility, OnlyWhatConcernsAPartner) {
  House house;
  ASSERT_EQ(house.send(Letter()).status, 200);
  for (const std::string& type : House::searchable_types()) {
    for (const store::ResourceRow& row : house.resources(type)) {
      const std::string path = "/fhir/" + type + "/" + row.id;
      SCOPED_TRACE(path);
      for (const char* const stranger : {"seaview-practice", "downs-trust", "clinical-lead"}) {
        EXPECT_EQ(house.get(path, stranger).status, 404) << stranger;
        const Answer found = house.get("/fhir/" + type + "?_id=" + row.id, stranger);
        EXPECT_EQ(found.status, 200);
        EXPECT_THAT(ids_of(found), IsEmpty()) << stranger;
      }
      EXPECT_EQ(house.get(path).status, 200);
    }
  }
  const store::ReferralRow referral = house.referrals().front();
  for (const std::string& path :
       {"/fhir/Task/" + referral.task_id, "/fhir/ServiceRequest/" + referral.service_request_id})
    EXPECT_EQ(house.get(path, "sussex-hub").status, 200) << path;
}

TEST(Visibility, NoSearchWidensIt) {
  House house;
  ASSERT_EQ(house.send(Letter()).status, 200);
  const std::string patient = house.resources("Patient").front().id;
  for (const std::string& query :
       {std::string("/fhir/Patient"), std::string("/fhir/Patient?identifier=9990000018"),
        "/fhir/ServiceRequest?patient=" + patient, std::string("/fhir/Task?_total=accurate"),
        std::string("/fhir/Task?_count=0&_total=accurate")}) {
    SCOPED_TRACE(query);
    const Answer answer = house.get(query, "seaview-practice");
    EXPECT_EQ(answer.status, 200) << answer.body;
    EXPECT_THAT(ids_of(answer), IsEmpty());
    const auto total = answer.tree()->root().child("total").text();
    EXPECT_TRUE(total.empty() || total == "0") << total;
  }
  EXPECT_EQ(house.get("/fhir/Task?_visible-to=downland-practice", "seaview-practice").status, 400);
  EXPECT_EQ(house.get("/fhir/ServiceRequest?_include=ServiceRequest:subject", "seaview-practice").status,
            400);
  EXPECT_EQ(house.get("/fhir/ServiceRequest?subject:Patient.name=x", "seaview-practice").status, 400);
}

TEST(Search, FindsByEachParameter) {
  for (const Keep keep : {Keep::kMemory, Keep::kSqlite}) {
    House house(false, keep);
    send_three(house);
    const auto requests = house.resources("ServiceRequest");
    ASSERT_EQ(requests.size(), 3U);
    const std::string patient = house.resources("Patient").front().id;
    struct Row {
      std::string query;
      std::size_t found;
    };
    const Row rows[] = {
        {"ServiceRequest", 3},
        {"ServiceRequest?_id=" + requests[1].id, 1},
        {"ServiceRequest?_id=" + requests[1].id + "," + requests[2].id, 2},
        {"ServiceRequest?_id=none", 0},
        {"ServiceRequest?identifier=100000000001", 1},
        {"ServiceRequest?identifier=https://fhir.nhs.uk/Id/UBRN%7C100000000001", 1},
        {"ServiceRequest?identifier=https://fhir.nhs.uk/Id/UBRN%7C", 3},
        {"ServiceRequest?identifier=https://other.example%7C100000000001", 0},
        {"ServiceRequest?patient=" + patient, 3},
        {"ServiceRequest?patient=Patient/" + patient, 3},
        {"ServiceRequest?status=active", 3},
        {"ServiceRequest?status=revoked", 0},
        {"ServiceRequest?status=active,revoked", 3},
        {"Task?status=requested", 3},
        {"Task?status=requested&_id=" + house.referrals().front().task_id, 1},
        {"Task?_lastUpdated=ge2026-11-22T10:01:00Z", 2},
        {"Task?_lastUpdated=lt2026-11-22T10:01:00Z", 1},
        {"Task?_lastUpdated=2026-11-22", 3},
        {"Task?_lastUpdated=gt2026-11-23", 0},
        {"Patient?identifier=https://fhir.nhs.uk/Id/nhs-number%7C9990000018", 1},
        {"Patient?_format=json", 1},
    };
    for (const Row& row : rows) {
      SCOPED_TRACE(row.query);
      const Answer answer = house.get("/fhir/" + row.query);
      EXPECT_EQ(answer.status, 200) << answer.body.substr(0, 500);
      EXPECT_THAT(ids_of(answer), SizeIs(row.found));
      EXPECT_EQ(answer.tree()->root().child("type").text(), "searchset");
    }
  }
}

TEST(Search, PagesShowEverythingOnceAndTheTotal) {
  for (const Keep keep : {Keep::kMemory, Keep::kSqlite}) {
    House house(false, keep);
    send_three(house);
    std::vector<std::string> seen;
    std::string next = "/fhir/Task?status=requested&_count=2&_total=accurate";
    int pages = 0;
    while (!next.empty() && pages < 5) {
      const Answer page = house.get(next);
      ASSERT_EQ(page.status, 200) << page.body;
      EXPECT_EQ(page.tree()->root().child("total").text(), "3");
      for (const std::string& id : ids_of(page))
        seen.push_back(id);
      EXPECT_THAT(link(page, "self"), HasSubstr("status=requested"));
      next = link(page, "next");
      ++pages;
    }
    EXPECT_EQ(pages, 2);
    std::sort(seen.begin(), seen.end());
    EXPECT_EQ(std::unique(seen.begin(), seen.end()), seen.end());
    EXPECT_THAT(seen, SizeIs(3));
    const Answer xml = house.get("/fhir/Task?_count=1", "downland-practice", "application/fhir+xml");
    EXPECT_THAT(ids_of(xml), SizeIs(1));
  }
}

TEST(Search, WhatItDoesNotUnderstandIsRefusedOrPassedOverByWish) {
  House house;
  ASSERT_EQ(house.send(Letter()).status, 200);
  for (const char* const query :
       {"colour=Zzcanaryblue", "status:exact=requested", "_count=many", "_count=-1", "_lastUpdated=Zzcanary",
        "_lastUpdated=ge2026-02-30", "_cursor=Zzcanary", "_sort=status"}) {
    SCOPED_TRACE(query);
    const Answer answer = house.get(std::string("/fhir/Task?") + query);
    EXPECT_EQ(answer.status, 400);
    EXPECT_THAT(answer.verdict(), ::testing::StartsWith("REC_BAD_REQUEST"));
  }
  const Answer lenient = house.get("/fhir/Task?colour=blue", "downland-practice", "application/fhir+json",
                                   "Prefer: handling=lenient\r\n");
  EXPECT_EQ(lenient.status, 200);
  EXPECT_THAT(ids_of(lenient), SizeIs(1));
  EXPECT_THAT(link(lenient, "self"), ::testing::Not(HasSubstr("colour")));
}

TEST(Read, UnacceptableFormatIs406) {
  House house;
  EXPECT_EQ(house.get("/fhir/Task", "downland-practice", "text/html").status, 406);
  EXPECT_EQ(house.get("/fhir/metadata", "downland-practice", "text/html").status, 406);
}

TEST(Metadata, IsAValidStatementInBothFormatsAndNeedsNoToken) {
  House house;
  for (const char* const accept : {"application/fhir+json", "application/fhir+xml"}) {
    const Answer answer = house.get("/fhir/metadata", "", accept);
    ASSERT_EQ(answer.status, 200) << answer.body;
    const auto tree = answer.tree();
    EXPECT_EQ(tree->root().type(), "CapabilityStatement");
    EXPECT_EQ(tree->root().child("fhirVersion").text(), "4.0.1");
    EXPECT_EQ(tree->root().at("rest", "operation", "name").text(), "process-message");
  }
}

TEST(Operations, HealthReadinessAndMetrics) {
  House house;
  ASSERT_EQ(house.send(Letter()).status, 200);
  EXPECT_EQ(house.get("/health", "").status, 200);
  EXPECT_EQ(house.get("/ready", "").status, 200);
  const Answer metrics = house.get("/metrics", "");
  EXPECT_EQ(metrics.status, 200);
  EXPECT_THAT(metrics.body, HasSubstr("ligament_"));
  EXPECT_THAT(metrics.body, ::testing::Not(HasSubstr(kCanary)));
}

TEST(Operations, MetricsAreForTheMachineItselfOnly) {
  House house;
  house.simulation.network.set_client_host("192.0.2.7");
  EXPECT_EQ(house.get("/metrics", "").status, 404);
  EXPECT_EQ(house.get("/health", "").status, 200);
}

// --- PUT Task
// ------------------------------------------------------------------------------------------------

struct Referred {
  explicit Referred(House& house) {
    EXPECT_EQ(house.send(Letter()).status, 200);
    id = house.referrals().front().task_id;
    const Answer answer = house.get("/fhir/Task/" + id, "sussex-hub");
    EXPECT_EQ(answer.status, 200);
    etag = answer.header("etag");
    task = answer.body;
  }
  [[nodiscard]] std::string as(const std::string& status) const {
    return replaced(task, R"("status":"requested")", R"("status":")" + status + '"');
  }
  std::string id;
  std::string etag;
  std::string task;
};

TEST(TaskUpdate, OfTheHubMovesTheReferralAndIsSeenByTheGp) {
  for (const Keep keep : {Keep::kMemory, Keep::kSqlite}) {
    House house(false, keep);
    const Referred referred(house);
    const Answer answer = house.put_task(referred.id, referred.as("accepted"), referred.etag, "sussex-hub");
    ASSERT_EQ(answer.status, 200) << answer.body;
    EXPECT_EQ(answer.header("etag"), "W/\"2\"");
    EXPECT_EQ(house.referrals().front().state, "accepted");
    EXPECT_EQ(house.get("/fhir/Task/" + referred.id).tree()->root().child("status").text(), "accepted");
    EXPECT_THAT(ids_of(house.get("/fhir/Task?status=accepted")), ElementsAre(referred.id));
    EXPECT_THAT(ids_of(house.get("/fhir/Task?status=requested")), IsEmpty());
  }
}

TEST(TaskUpdate, NamesItsVersion) {
  House house;
  const Referred referred(house);
  struct Row {
    const char* if_match;
    int status;
  };
  for (const Row& row : {Row{"", 428}, Row{"W/\"7\"", 412}, Row{"\"9\"", 412}, Row{"W/\"0\"", 400},
                         Row{"*", 400}, Row{"Zzcanary", 400}}) {
    const Answer answer = house.put_task(referred.id, referred.as("accepted"), row.if_match, "sussex-hub");
    EXPECT_EQ(answer.status, row.status) << row.if_match;
  }
  EXPECT_EQ(house.referrals().front().state, "received");
  EXPECT_EQ(house.referrals().front().task_version, 1);
}

TEST(TaskUpdate, RefusalNamesTheRuleTheOwnerAndWhatTheCallerMayDo) {
  House house;
  const Referred referred(house);
  const Answer answer =
      house.put_task(referred.id, referred.as("accepted"), referred.etag, "downland-practice");
  EXPECT_EQ(answer.status, 403) << answer.body;
  EXPECT_THAT(answer.verdict(), ::testing::StartsWith("REC_FORBIDDEN"));
  EXPECT_THAT(answer.body, HasSubstr("99S10"));
  EXPECT_THAT(answer.body, HasSubstr("Allowed to you now"));
  EXPECT_EQ(house.referrals().front().state, "received");
}

TEST(TaskUpdate, WhatIsNotTheCallersToChangeIs422) {
  House house;
  const Referred referred(house);
  for (const char* const element : {"for", "focus", "requester"}) {
    SCOPED_TRACE(element);
    std::string task = referred.as("accepted");
    const std::string start = std::string("\"") + element + "\":{";
    ASSERT_NE(task.find(start), std::string::npos) << task;
    task = replaced(task, start, start + R"("id":"zzcanary",)");
    const Answer answer = house.put_task(referred.id, task, referred.etag, "sussex-hub");
    EXPECT_EQ(answer.status, 422) << answer.body;
    EXPECT_THAT(answer.expressions(), ::testing::Contains(HasSubstr(std::string("Task.") + element)));
  }
  EXPECT_EQ(house.referrals().front().task_version, 1);
}

TEST(TaskUpdate, OfAStrangerIs404) {
  House house;
  const Referred referred(house);
  for (const char* const stranger : {"seaview-practice", "downs-trust"})
    EXPECT_EQ(house.put_task(referred.id, referred.as("accepted"), referred.etag, stranger).status, 404);
  EXPECT_EQ(house
                .put_task("nothing", replaced(referred.as("accepted"), referred.id, "nothing"), "W/\"1\"",
                          "sussex-hub")
                .status,
            404);
}

TEST(TaskUpdate, BadBodyIs400AtItsPlace) {
  House house;
  const Referred referred(house);
  struct Row {
    const char* name;
    std::string body;
    int status;
    const char* place;
  };
  const std::string task = referred.as("accepted");
  for (const Row& row :
       {Row{"not json", "Zzcanary", 400, ""}, Row{"another type", R"({"resourceType":"Patient"})", 400, ""},
        Row{"another id", replaced(task, referred.id, uuid(5)), 400, "Task.id"},
        Row{"unknown code", referred.as("zzcanary"), 422, "Task.status"},
        Row{"unknown element", replaced(task, R"("status")", R"("zzcanary":1,"status")"), 400, "Task"},
        Row{"twice", replaced(task, R"("status")", R"("status":"draft","status")"), 400, "Task.status"}}) {
    SCOPED_TRACE(row.name);
    const Answer answer = house.put_task(referred.id, row.body, referred.etag, "sussex-hub");
    EXPECT_TRUE(answer.status == row.status || (row.status == 422 && answer.status == 400)) << answer.body;
    if (*row.place != '\0') EXPECT_THAT(answer.expressions(), ::testing::Contains(HasSubstr(row.place)));
  }
  EXPECT_EQ(house.referrals().front().task_version, 1);
}

TEST(TaskUpdate, ByXml) {
  House house;
  const Referred referred(house);
  Ask ask;
  ask.method = "PUT";
  ask.target = "/fhir/Task/" + referred.id;
  ask.partner = "sussex-hub";
  ask.type = ask.accept = "application/fhir+xml";
  ask.body = replaced(house.get(ask.target, "sussex-hub", ask.accept).body, R"(<status value="requested")",
                      R"(<status value="accepted")");
  ask.headers = "If-Match: " + referred.etag + "\r\n";
  EXPECT_EQ(house.send(ask).status, 200);
  EXPECT_EQ(house.referrals().front().state, "accepted");
}

}  // namespace
}  // namespace gateway::door
