// Messages about care under way, in parts that can be changed, and a house where a referral has been
// accepted.
#pragma once

#include "gateway/bars/base64.hpp"
#include "gateway/security/digest.hpp"
#include "tests/door/door.hpp"

namespace gateway::door {

inline constexpr const char* kTrustNumbers = "https://downs-trust.example/Id/hospital-number";

struct CarePatient {
  std::string nhs = "9990000018";
  std::string hospital = "D100";
  std::string hospital_system = kTrustNumbers;
  std::string family = "Zzcanaryfamily";
  std::string birth = "1961-04-09";
  std::string practice = "99S01";
  std::string more;  ///< Further members, each with a comma before it.

  [[nodiscard]] std::string json() const {
    std::string identifiers;
    const auto add = [&](const std::string& system, const std::string& value) {
      if (value.empty()) return;
      identifiers += (identifiers.empty() ? "" : ",") + std::string(R"({"system":")") + system +
                     R"(","value":")" + value + R"("})";
    };
    add("https://fhir.nhs.uk/Id/nhs-number", nhs);
    add(hospital_system, hospital);
    return R"({"resourceType":"Patient","identifier":[)" + identifiers + R"(],"name":[{"family":")" + family +
           R"(","given":["Ann"]}],"birthDate":")" + birth +
           R"(","generalPractitioner":[{"identifier":{"system":"https://fhir.nhs.uk/Id/ods-organization-code","value":")" +
           practice + R"("}}])" + more + "}";
  }
};

/// Any of the five messages: the focus is given as JSON, without its subject.
struct CareMessage {
  std::string event = "appointment";
  std::string bundle = uuid(6000);
  std::string at = "2026-11-22T09:30:00.000Z";
  std::string focus;    ///< JSON of the focus; empty: the Patient.
  std::string entries;  ///< Further entries, each with a comma before it.
  std::string header;   ///< Further members of the MessageHeader, each with a comma before it.
  CarePatient patient;

  [[nodiscard]] std::string json() const {
    const std::string focus_url = focus.empty() ? "urn:uuid:" + uuid(6901) : "urn:uuid:" + uuid(6902);
    std::string text =
        R"({"resourceType":"Bundle","id":")" + bundle +
        R"(","meta":{"tag":[{"system":"http://terminology.hl7.org/CodeSystem/v3-ActReason","code":"HTEST"}]},)"
        R"("type":"message","timestamp":")" +
        at + R"(","entry":[{"fullUrl":"urn:uuid:)" + uuid(6900) +
        R"(","resource":{"resourceType":"MessageHeader","eventCoding":{"system":)"
        R"("https://ligament.example/fhir/CodeSystem/message-event","code":")" +
        event + R"("},"source":{"endpoint":"https://downs-trust.example/fhir"})" + header +
        R"(,"focus":[{"reference":")" + focus_url + R"("}]}},{"fullUrl":"urn:uuid:)" + uuid(6901) +
        R"(","resource":)" + patient.json() + "}";
    if (!focus.empty()) text += R"(,{"fullUrl":")" + focus_url + R"(","resource":)" + focus + "}";
    return text + entries + "]}";
  }
};

inline const std::string kSubject = R"({"reference":"urn:uuid:)" + uuid(6901) + R"("})";

inline std::string based_on(const std::string& ubrn, const char* element = "basedOn") {
  if (ubrn.empty()) return {};
  return std::string(R"(,")") + element +
         R"(":[{"identifier":{"system":"https://fhir.nhs.uk/Id/UBRN","value":")" + ubrn + R"("}}])";
}

struct Booking {
  std::string number = "A1";
  std::string status = "booked";
  std::string start = "2026-12-01T10:00:00Z";
  std::string attended;
  std::string outcome;
  std::string ubrn = "000049735221";
  std::string more;

  [[nodiscard]] std::string extensions() const {
    std::string list;
    if (!attended.empty()) {
      list +=
          R"({"url":"https://ligament.example/fhir/StructureDefinition/attended-or-did-not-attend",)"
          R"("valueCoding":{"system":"https://ligament.example/fhir/CodeSystem/attended-or-did-not-attend",)"
          R"("code":")" +
          attended + R"("}})";
    }
    if (!outcome.empty()) {
      list +=
          (list.empty() ? "" : ",") +
          std::string(
              R"({"url":"https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-OutcomeOfAttendance",)"
              R"("valueCodeableConcept":{"coding":[{"system":)"
              R"("https://fhir.hl7.org.uk/CodeSystem/UKCore-OutcomeOfAttendanceEngland","code":")") +
          outcome + R"("}]}})";
    }
    return list.empty() ? "" : R"(,"extension":[)" + list + "]";
  }

  [[nodiscard]] std::string json() const {
    return R"({"resourceType":"Appointment")" + extensions() +
           R"(,"identifier":[{"system":"https://downs-trust.example/Id/appointment","value":")" + number +
           R"("}],"status":")" + status + R"(")" +
           (start.empty() ? "" : R"(,"start":")" + start + R"(","end":")" + start + '"') + based_on(ubrn) +
           R"(,"participant":[{"actor":)" + kSubject + R"(,"status":"accepted"}])" + more + "}";
  }
};

inline CareMessage appointment(const Booking& booking, const std::string& at = "2026-11-22T09:30:00.000Z") {
  CareMessage message;
  message.at = at;
  message.focus = booking.json();
  return message;
}

struct Paper {
  std::string number = "DOC-1";
  std::string status = "final";
  std::string set;
  int version = 0;
  std::string replaces;
  std::string content = "%PDF-1.4 the letter";
  std::string digest;  ///< Said to be; empty: not said.
  std::string ubrn = "000049735221";
  std::string label;

  [[nodiscard]] std::string json() const {
    std::string text = R"({"resourceType":"DocumentReference")";
    if (version > 0) {
      text += R"(,"extension":[{"url":"https://ligament.example/fhir/StructureDefinition/document-version",)"
              R"("valuePositiveInt":)" +
              std::to_string(version) + "}]";
    }
    text += R"(,"masterIdentifier":{"system":"https://downs-trust.example/Id/document","value":")" + number +
            R"("})";
    if (!set.empty()) {
      text += R"(,"identifier":[{"type":{"coding":[{"system":)"
              R"("https://ligament.example/fhir/CodeSystem/document-identifier-type","code":"set-id"}]},)"
              R"("system":"https://downs-trust.example/Id/set","value":")" +
              set + R"("}])";
    }
    text += R"(,"status":"current")";
    if (!status.empty()) text += R"(,"docStatus":")" + status + '"';
    text += R"(,"subject":)" + kSubject;
    if (!replaces.empty()) {
      text += R"(,"relatesTo":[{"code":"replaces","target":{"identifier":{"system":)"
              R"("https://downs-trust.example/Id/document","value":")" +
              replaces + R"("}}}])";
    }
    if (!label.empty()) {
      text +=
          R"(,"securityLabel":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v3-Confidentiality","code":")" +
          label + R"("}]}])";
    }
    text += R"(,"content":[{"attachment":{)";
    if (!digest.empty()) {
      text +=
          R"("extension":[{"url":"https://ligament.example/fhir/StructureDefinition/attachment-sha256","valueString":")" +
          digest + R"("}],)";
    }
    text += R"("contentType":"application/pdf","url":"urn:uuid:)" + uuid(6903) + R"("}}])";
    if (!ubrn.empty()) text += R"(,"context":{)" + based_on(ubrn, "related").substr(1) + "}";
    return text + "}";
  }
};

inline CareMessage letter(const Paper& paper, const std::string& at = "2026-11-22T09:30:00.000Z") {
  CareMessage message;
  message.event = "letter";
  message.at = at;
  message.focus = paper.json();
  message.entries = R"(,{"fullUrl":"urn:uuid:)" + uuid(6903) +
                    R"(","resource":{"resourceType":"Binary","contentType":"application/pdf","data":")" +
                    bars::encode_base64(paper.content) + R"("}})";
  return message;
}

struct Visit {
  std::string number = "V1";
  std::string status = "finished";
  std::string outcome;
  std::string disposition;
  std::string ubrn = "000049735221";
};

inline CareMessage attendance(const Visit& visit, const std::string& at = "2026-11-22T09:50:00.000Z") {
  Booking extensions;
  extensions.outcome = visit.outcome;
  CareMessage message;
  message.event = "attendance";
  message.at = at;
  message.focus =
      R"({"resourceType":"Encounter")" + extensions.extensions() +
      R"(,"identifier":[{"system":"https://downs-trust.example/Id/visit","value":")" + visit.number +
      R"("}],"status":")" + visit.status +
      R"(","class":{"system":"http://terminology.hl7.org/CodeSystem/v3-ActCode","code":"AMB"},"subject":)" +
      kSubject + based_on(visit.ubrn) +
      (visit.disposition.empty()
           ? ""
           : R"(,"hospitalization":{"dischargeDisposition":{"text":")" + visit.disposition + R"("}})") +
      "}";
  return message;
}

/// A house with one referral, sent by the practice and accepted by the hub for the trust.
class CareHouse : public House {
 public:
  explicit CareHouse(Keep keep = Keep::kMemory, const std::function<void(config::Config&)>& change = {})
      : House(false, keep, "2026-11-22T10:00:00Z", change) {
    EXPECT_EQ(send(Letter()).status, 200);
    accept(referral());
  }

  store::ReferralRow referral() {
    const auto all = referrals();
    EXPECT_FALSE(all.empty());
    return all.empty() ? store::ReferralRow() : all.front();
  }

  /// The hub accepts, and names the trust as who treats.
  void accept(const store::ReferralRow& row) {
    std::string task = stored("Task", row.task_id);
    replace(task, R"("status":"requested")", R"("status":"accepted")");
    const std::size_t owner = task.find(R"("owner":)");
    ASSERT_NE(owner, std::string::npos);
    task.replace(task.find("99S10", owner), 5, "99S20");
    const Answer answer =
        put_task(row.task_id, task, R"(W/")" + std::to_string(row.task_version) + '"', "sussex-hub");
    ASSERT_EQ(answer.status, 200) << answer.body;
    ASSERT_EQ(referral().state, "accepted");
  }
  std::string stored(const std::string& type, const std::string& id) {
    const auto row = read([&](store::Transaction& tx) { return tx.resources().get(type, id); });
    EXPECT_TRUE(row.has_value()) << type;
    return row ? row->json : std::string();
  }
  static void replace(std::string& text, const std::string& from, const std::string& to) {
    const std::size_t at = text.find(from);
    ASSERT_NE(at, std::string::npos) << from;
    text.replace(at, from.size(), to);
  }

  Answer tell(const CareMessage& care, const std::string& partner = "downs-trust-pas") {
    Ask ask = message(care.json(), partner);
    return House::send(ask);
  }
  Answer tell(CareMessage care, int bundle, const std::string& partner = "downs-trust-pas") {
    care.bundle = uuid(bundle);
    return tell(care, partner);
  }

  /// The JSON of a CareMessage, under another Bundle.id.
  Answer tell_text(std::string text, int bundle, const std::string& partner = "downs-trust-pas") {
    replace(text, CareMessage().bundle, uuid(bundle));
    Ask ask = message(text, partner);
    return House::send(ask);
  }

  /// A delivery of the referral that nobody has tried yet, due in so many hours.
  void wait_to_go(const std::string& destination, const std::string& lane, const std::string& media_type,
                  std::string body, const std::string& business_id, int hours = 1) {
    store::NewDelivery delivery;
    delivery.referral = referral().seq;
    delivery.lane = lane;
    delivery.destination = destination;
    delivery.kind = "update";
    delivery.media_type = media_type;
    delivery.body = std::move(body);
    delivery.request_id = uuid(8100 + static_cast<int>(deliveries().size()));
    delivery.correlation_id = uuid(8002);
    delivery.business_id = business_id;
    delivery.created_at = simulation.clock.now();
    delivery.not_before = simulation.clock.now() + std::chrono::hours(hours);
    const fhir::Status done = store->transact(store::Kind::kWrite, intake::kHub, [&](store::Transaction& tx) {
      return tx.outbox().enqueue(delivery).map([](store::OutboxSeq) {});
    });
    EXPECT_TRUE(done.has_value());
  }

  /// `kind destination` of the deliveries after the first `from`.
  std::vector<std::string> sent(std::size_t from = 0) {
    std::vector<std::string> list;
    for (const store::DeliveryRow& row : deliveries())
      list.push_back(row.kind + ' ' + row.destination);
    return {list.begin() + static_cast<std::ptrdiff_t>(std::min(from, list.size())), list.end()};
  }
  fhir::tree::TreePtr body(const store::DeliveryRow& row) {
    const std::string text = read([&](store::Transaction& tx) { return tx.outbox().read_body(row.seq); });
    return row.media_type.find("xml") == std::string::npos
               ? fhir::json::read(text, fhir::definitions::r4()).tree
               : fhir::xml::read(text, fhir::definitions::r4()).tree;
  }
  std::vector<store::ReferralEvent> timeline(const store::ReferralRow& row) {
    return read([&](store::Transaction& tx) { return tx.referrals().events(row.seq); });
  }
  /// The last reason for which something was ignored; empty when nothing was.
  std::string ignored() {
    std::string because;
    for (const store::ReferralEvent& event : timeline(referral())) {
      if (event.kind == "ignored") because = event.detail;
    }
    return because;
  }
};

}  // namespace gateway::door
