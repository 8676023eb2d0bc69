// What senders and partners know, outside the gateway: it survives every crash, and the gateway is judged by
// it.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "fhir/base/instant.hpp"

namespace tests::simulation {

using Duration = std::chrono::nanoseconds;

inline constexpr const char* kFirstGp = "downland-practice";
inline constexpr const char* kSecondGp = "seaview-practice";
inline constexpr const char* kHub = "sussex-hub";
inline constexpr const char* kDutyClinician = "duty-clinician";
inline constexpr const char* kClinicalLead = "clinical-lead";

enum class Act : std::uint8_t {
  kReferral,
  kInvalidReferral,  ///< A number that fails its check digit: must be refused, its red flag must not be lost.
  kUpdate,
  kCancel,
  kRepeat,     ///< The same again, after it was acknowledged; in HL7 v2 under a new control id.
  kOtherBody,  ///< The same ids, another body.
};

/// One message of a practice, and what became of it in the practice's eyes.
struct Sent {
  int number = 0;
  Act act = Act::kReferral;
  bool v2 = false;  ///< HL7 v2 over MLLP; `bundle_id` is its control id, the other two ids are empty.
  std::string partner;
  std::string body;
  std::string request_id;
  std::string correlation_id;
  std::string bundle_id;
  std::string ubrn;
  bool red_flag = false;
  bool turned_away = false;  ///< Outside the service by rule: accepted, and back to the practice at once.
  std::optional<int> about;  ///< The earlier message it speaks of.
  fhir::Monotonic due{};
  int attempts = 0;
  bool done = false;
  int status = 0;  ///< Of the answer that settled it; 0: given up, its subject was never acknowledged.
  bool acknowledged = false;  ///< 200, or 409 duplicate to a retry.
  fhir::Instant answered_at{};
};

/// One message as a partner received it, once or more often, under one request id.
struct Receipt {
  std::string partner;
  std::string request_id;
  std::string business_id;
  std::string body;
  std::string event;
  std::string reason;
  std::string task_id;
  std::string task_status;
  std::vector<std::string> communications;  ///< Codes of the kinds inside.
  fhir::Instant first_at{};
  int order = 0;  ///< Of first arrival, over all partners.
  int arrivals = 0;
  bool effect = false;  ///< The partner's own records hold it.
};

/// What somebody says about a referral: the hub that it has it, or its decision; the asked practice its
/// answer; the rota that a person has the red flag.
enum class Word : std::uint8_t { kAcknowledge, kAccept, kReject, kAsk, kGive, kConfirm };

struct Decision {
  int number = 0;
  std::string partner;
  Word word = Word::kAccept;
  bool by_message = false;  ///< Otherwise by PUT of the Task.
  std::string task_id;
  std::string answers;  ///< Bundle.id of the request.
  std::string request_id;
  std::string correlation_id;
  std::string body;  ///< Of a message, once it was first sent.
  fhir::Monotonic due{};
  int attempts = 0;
  bool done = false;
  bool took_effect = false;  ///< The gateway said so.
  int status = 0;
};

struct Records {
  std::vector<Sent> sent;
  std::map<std::pair<std::string, std::string>, Receipt> receipts;  ///< By partner and request id.
  std::map<int, Decision> decisions;
  std::map<std::pair<std::string, Word>, int> decided;  ///< By Task id.
  int arrivals = 0;
  std::vector<std::string> faults;  ///< What must never happen, seen while it happened.
};

/// What happened, line by line, with the simulated time.
class Trace {
 public:
  explicit Trace(const fhir::Clock& clock) : clock_(clock) {}
  void note(const std::string& text) {
    const auto ms =
        std::chrono::duration_cast<std::chrono::milliseconds>(clock_.monotonic().time_since_epoch());
    lines_.push_back(std::to_string(ms.count()) + " " + text);
  }
  [[nodiscard]] const std::vector<std::string>& lines() const { return lines_; }

 private:
  const fhir::Clock& clock_;
  std::vector<std::string> lines_;
};

}  // namespace tests::simulation
