// A Task as a partner puts it, for tests.
#pragma once

#include "tests/unit/gateway/intake/house.hpp"

namespace gateway::intake {

/// The stored Task with another status and what else is said, as its receiver would put it.
inline std::string task_text(House& house, const std::string& id, const std::string& status,
                             const std::string& more = "") {
  std::string text = fhir::json::write(house.resource("Task", id)->root());
  const std::size_t at = text.find(R"("status":")");
  const std::size_t end = text.find('"', at + 10);
  text.replace(at, end - at + 1, R"("status":")" + status + '"' + more);
  return text;
}

inline tl::expected<UpdatedTask, TaskRefusal> put(House& house, const store::Caller& caller,
                                                  const std::string& text,
                                                  std::optional<std::int64_t> version = std::nullopt) {
  TaskUpdate update;
  update.incoming = parse(text);
  update.task_id = update.incoming->root().child("id").text();
  update.if_match = version.value_or(house.referral().task_version);
  update.body = text;
  update.media_type = "application/fhir+json";
  return house.run(house.intake.apply_task_update(caller, update));
}

inline House& referred(House& house) {
  EXPECT_EQ(house.send(Letter()).status, 200);
  return house;
}

}  // namespace gateway::intake
