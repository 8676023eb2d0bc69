// What a stand-in partner is told to do: who it is, how it answers, what it does afterwards, what it sends on
// its own. Read from YAML by the strict loader; docs/partner-script.md is its reference.
//
//   LIGAMENT_TRY(const ScriptOutcome outcome, load_script_file("hub.yaml", Role::kHub, gateway_url));
//   if (outcome.script == nullptr) return refuse(outcome.issues);
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/base/issue.hpp"
#include "fhir/base/result.hpp"
#include "fhir/path/plan.hpp"
#include "gateway/partner/mllp_script.hpp"

namespace gateway::partner {

using Milliseconds = std::chrono::milliseconds;

enum class Role : std::uint8_t { kHub, kGp, kPas };
[[nodiscard]] std::string_view to_text(Role role) noexcept;
[[nodiscard]] std::optional<Role> parse_role(std::string_view text) noexcept;

/// What an answer carries.
enum class Body : std::uint8_t {
  kOk,               ///< A message whose response names the Bundle received, code ok.
  kNone,             ///< Nothing: the transport took it, the business answer comes later or never.
  kWrongIdentifier,  ///< A response that names another Bundle.
  kTransient,        ///< A response with code transient-error.
  kFatal,            ///< A response with code fatal-error.
  kOutcome,          ///< An OperationOutcome; usual for a status of 400 and above.
  kGarbage,          ///< Bytes that are no FHIR.
};
[[nodiscard]] std::string_view to_text(Body body) noexcept;

/// What is said about the Task of a referral.
enum class Word : std::uint8_t {
  kReceived,
  kAccept,
  kReject,
  kRedirect,
  kAdvice,
  kAskInformation,
  kGiveInformation,
  kOffer,
  kBook,
  kAttended,
  kNotAttended,
  kDischarge,
  kFail,
  kPriority,
  kConfirm,
};
inline constexpr int kWordCount = 15;
[[nodiscard]] std::string_view to_text(Word word) noexcept;

enum class Via : std::uint8_t { kTask, kMessage };

struct CodedReason {
  std::string code;
  std::string display;
  std::string text;
};

struct Person {
  std::string name;
  std::string role;
};

struct Organisation {
  std::string ods;
  std::string name;
};

/// One thing done after an answer: a word about the Task, or a business answer that was owed.
struct Action {
  Milliseconds after{0};     ///< From the answer, or from the action before it.
  std::optional<Word> word;  ///< Empty: `answer` is sent.
  Body answer = Body::kOk;   ///< kOk, kTransient, kFatal or kWrongIdentifier.
  Via via = Via::kTask;
  CodedReason reason;
  Person decided_by;
  std::string say;
  std::optional<Organisation> destination;
  std::optional<Milliseconds> by;      ///< An answer is wanted within this.
  std::optional<Milliseconds> starts;  ///< An appointment begins in this.
  Milliseconds lasts = std::chrono::minutes(30);
  std::string priority;
  bool twice = false;  ///< The same bytes with the same ids a second time.
};

/// How one kind of message is answered.
struct ReplyRule {
  std::string name;
  fhir::path::PlanPtr when;            ///< Null: any message.
  std::optional<std::uint32_t> times;  ///< How often it applies; empty: always.
  Milliseconds delay{0};
  int status = 200;
  Body body = Body::kOk;
  std::string issue;  ///< Issue code of an OperationOutcome; empty: that of the status.
  std::optional<std::chrono::seconds> retry_after;
  bool mirror = true;    ///< Whether the two ids are sent back.
  bool drop = false;     ///< The connection is closed instead of an answer.
  bool remember = true;  ///< A repeat of the request is answered as a duplicate from now on.
  std::vector<Action> then;
};

/// A message sent on the partner's own account.
struct Send {
  std::string name;
  std::string file;
  Milliseconds at{0};  ///< From the ready line.
  bool as_is = false;  ///< The ids of the file, not new ones.
  bool twice = false;  ///< The same bytes with the same ids a second time.
};

struct Identity {
  std::string name;        ///< Sent as X-Ligament-Partner, which a gateway in development believes.
  std::string token;       ///< Sent as bearer token; empty for none.
  std::string ods;         ///< ODS code of the organisation it speaks for.
  std::string service_id;  ///< `system|value`: where answers to it go.
};

struct Script {
  Identity identity;
  std::string gateway;    ///< Base URL of the gateway, `http://127.0.0.1:8080/fhir`; empty: it only answers.
  std::string target;     ///< `system|value` of the gateway, for messages to it.
  bool remembers = true;  ///< A repeat of a remembered request is answered 409 duplicate, before any rule.
  bool xml = false;       ///< Writes XML instead of JSON.
  std::vector<ReplyRule> replies;
  std::vector<Send> sends;
  std::vector<MllpRule> mllp;  ///< Answers to HL7 v2 messages.
};

struct ScriptOutcome {
  std::shared_ptr<const Script> script;  ///< Null when issues has an error.
  fhir::IssueList issues;
};

/// Reads a script. What it leaves out is as in default_script(). `gateway_url` stands for `${GATEWAY}` and
/// for a missing `gateway`. Relative files are resolved against `folder`.
[[nodiscard]] ScriptOutcome parse_script(std::string_view text, std::string name, Role role,
                                         const std::string& gateway_url, const std::string& folder = {});
/// Error only when the file cannot be read. Blocks.
[[nodiscard]] fhir::Result<ScriptOutcome> load_script_file(const std::string& path, Role role,
                                                           const std::string& gateway_url);

/// Without a script: a hub acknowledges and accepts after 200 ms; a GP system and a PAS acknowledge.
[[nodiscard]] Script default_script(Role role, const std::string& gateway_url);

}  // namespace gateway::partner
