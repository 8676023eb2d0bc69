// Referrals to the five services, and what their tests look at.
#pragma once

#include "tests/door/refused.hpp"

namespace gateway::door {

inline constexpr const char* kServiceId = "https://fhir.nhs.uk/Id/dos-service-id|20000990";

inline Letter letter_for(const char* service, const char* practice, const char* code, const char* display) {
  return with([&](Letter& letter) {
    letter.endpoint = std::string(kServiceId) + service;
    letter.practice = practice;
    letter.code = code;
    letter.display = display;
  });
}
inline Letter physiotherapy(const char* service, const char* practice) {
  return letter_for(service, practice, "306170007", "Referral to physiotherapy service");
}
inline Letter dorset() {
  return physiotherapy("05", "99D01");
}
inline Letter york() {
  return physiotherapy("04", "99V01");
}
inline Letter bedford() {
  return letter_for("02", "99B01", "183545006", "Referral to orthopaedic service");
}

inline Answer send(House& house, const Letter& letter, const std::string& partner) {
  return house.send(house.message(marked(letter.json()), partner));
}

/// `kind destination` of every delivery.
inline std::vector<std::string> sent(House& house) {
  std::vector<std::string> list;
  for (const store::DeliveryRow& row : house.deliveries())
    list.push_back(row.kind + ' ' + row.destination);
  return list;
}

inline std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return at == std::string::npos ? text : text.replace(at, from.size(), to);
}

/// Puts the Task with other texts in it, as `partner`.
inline Answer put(House& house, const std::string& partner,
                  const std::vector<std::pair<std::string, std::string>>& changes) {
  const std::string id = house.referrals().front().task_id;
  const Answer read = house.get("/fhir/Task/" + id, partner);
  EXPECT_EQ(read.status, 200) << read.body;
  std::string task = read.body;
  for (const auto& [from, to] : changes)
    task = replaced(std::move(task), from, to);
  return house.put_task(id, task, read.header("etag"), partner);
}
inline const std::pair<std::string, std::string> kAccepted{R"("status":"requested")",
                                                           R"("status":"accepted")"};

/// Names a destination on the Task that a person sends on.
inline const std::string kOwned =
    R"("owner":{"identifier":{"system":"https://fhir.nhs.uk/Id/ods-organization-code","value":"99D20"}},"status")";

/// The choice of a hospital, as further members of the request.
inline std::string chosen(const char* ods) {
  return std::string(
             R"(,"extension":[{"url":"https://ligament.example/fhir/StructureDefinition/patient-choice",)"
             R"("extension":[{"url":"chosen","valueReference":{"identifier":{"system":)"
             R"("https://fhir.nhs.uk/Id/ods-organization-code","value":")") +
         ods + R"("}}}]}])";
}

}  // namespace gateway::door
