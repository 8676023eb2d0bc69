// The configuration of one installation: read once, checked whole, then immutable.
//
//   LIGAMENT_TRY(const ConfigOutcome outcome, load_config_file("/etc/ligament/ligament.yaml"));
//   if (outcome.config == nullptr) return refuse_to_start(outcome.issues);
//
// Every option is one row of options() (options.hpp). Secrets are digests or paths of files, never printed by
// us.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fhir/base/issue.hpp"
#include "fhir/base/limits.hpp"
#include "fhir/base/result.hpp"
#include "gateway/config/term.hpp"

namespace gateway::config {

using Milliseconds = std::chrono::milliseconds;

/// Live refuses test traffic (test processing code, NHS numbers of the 999 range); test refuses live traffic.
enum class Environment : std::uint8_t { kTest, kLive };
/// A PAS is the patient administration system of the organisation with the same ODS code: it tells of
/// appointments, attendances and records of patients, and is told what it must act on.
/// An operator is a person of the installation who reviews what is held: may see everything, and gets nothing
/// sent.
enum class PartnerRole : std::uint8_t { kGp, kHub, kProvider, kRota, kOperator, kPas };
enum class WireFormat : std::uint8_t { kJson, kXml };
[[nodiscard]] std::string_view to_code(Environment environment) noexcept;
[[nodiscard]] std::string_view to_code(PartnerRole role) noexcept;
[[nodiscard]] std::string_view to_code(WireFormat format) noexcept;

/// `system|value`: how BaRS target identifiers and MessageHeader.destination.endpoint name a service.
struct ServiceId {
  std::string system;
  std::string value;
  friend bool operator==(const ServiceId&, const ServiceId&) = default;
};
/// Splits at the last `|`. Empty when either side would be.
[[nodiscard]] std::optional<ServiceId> parse_service_id(std::string_view text);

struct Installation {
  std::string name;
  std::string ods;
  Environment environment = Environment::kTest;
  std::string id_key_file;   ///< Secret of the keyed identifiers; empty only with trial_id_key.
  std::string trial_id_key;  ///< A literal key; refused when environment is live.
  std::string endpoint_url;  ///< Where partners reach our $process-message.
  ServiceId service_id;      ///< What a peer puts into its target identifier to answer us.
};

struct Tls {
  std::string certificate_file;
  std::string key_file;
  std::string client_ca_file;  ///< Empty: no client certificates asked for.
};

/// Addresses are `HOST:PORT`; empty is closed.
struct Doors {
  std::string http;
  std::string https;
  std::string mllp;
  std::string mllps;
  std::optional<Tls> tls;  ///< Present when https or mllps is.
};

/// What is pushed to a partner.
struct Receives {
  bool referral = false;
  bool communication = false;
  bool escalation = false;
  bool acceptance = false;    ///< PAS: a referral its organisation took on.
  bool cancellation = false;  ///< PAS: one that was withdrawn again.
  bool onward = false;        ///< PAS: one that another organisation took over.
};

/// A name as a partner writes it, and what it means.
using NamePair = std::pair<std::string, std::string>;

/// How a partner speaks HL7 v2, and how it is known when it does.
struct Hl7v2 {
  /// IP addresses from which it may connect to the plain door. Empty: by client certificate only.
  std::vector<std::string> addresses;
  std::string application;      ///< MSH-3 it must send; empty: any.
  std::string facility;         ///< MSH-4 it must send; empty: any.
  std::uint64_t max_bytes = 0;  ///< Largest message; 0: as limits.message.
  std::string endpoint;         ///< `HOST:PORT` we connect to; empty: nothing is sent by MLLP.
  bool tls = false;             ///< Of the endpoint.
  std::string ca_file;          ///< Trust for a TLS endpoint.
  std::string version = "2.4";  ///< MSH-12 of what is sent to it.
  std::string character_set;    ///< Of its messages whose MSH-18 is empty, and of ours to it; empty: UTF-8.
  bool latin1_is_windows1252 = true;
  std::string zone = "Europe/London";    ///< Of times without an offset.
  std::optional<ServiceId> destination;  ///< Service its referrals ask; absent: as the message says.
  std::string use_case = "msk-spoa";     ///< Second category of its referrals.
  std::vector<NamePair> id_systems;      ///< Assigning authority to identifier system.
  std::vector<NamePair> code_systems;    ///< Name of a coding system to its URI.
  std::vector<NamePair> entries;         ///< `ADT^A05` to the map group for it; an empty group: not taken.
  bool introduces = false;      ///< The patient goes before a referral that was accepted, as ADT^A28.
  std::vector<NamePair> forms;  ///< Kind of what we send to its form, `onward` to `REF_I14`.
};

struct Partner {
  std::string name;  ///< Unique; what Caller, outbox lanes and rules use.
  std::string ods;
  std::string organisation;  ///< As people know it; the name when the file says nothing.
  PartnerRole role = PartnerRole::kGp;
  std::optional<ServiceId> service_id;
  std::string endpoint;  ///< URL; empty: nothing can be delivered.
  std::string ca_file;   ///< Trust for its https endpoint; empty: the system's.
  Receives receives;
  std::string token_sha256;        ///< 64 hex digits, lower case; empty: no token.
  std::string certificate_sha256;  ///< 64 hex digits, lower case; empty: no certificate.
  std::string outgoing_token_file;
  WireFormat format = WireFormat::kJson;
  std::optional<Hl7v2> hl7v2;  ///< Absent: it does not speak HL7 v2.
};

struct Limits {
  fhir::ReadLimits message;
  std::uint32_t max_connections = 1000;
  std::uint32_t max_requests_in_flight = 256;
  std::uint64_t max_bytes_in_flight = 256u << 20;
  Milliseconds handshake{10'000};
  Milliseconds header{10'000};
  Milliseconds body{30'000};
  Milliseconds idle{60'000};
  Milliseconds mllp_idle{
      900'000};                ///< Between two messages of one MLLP connection; engines keep theirs open.
  Milliseconds answer{5'000};  ///< From the last byte in to the first byte out (BaRS: all under 5 s).
  Milliseconds drain{10'000};  ///< Time given to open requests on shutdown.
};

/// Delay before attempt n+1 is first * factor^(n-1), at most max, with jitter.
struct RetryPolicy {
  Milliseconds first{1'000};
  double factor = 2.0;
  Milliseconds max{300'000};
  std::uint32_t attempts = 20;  ///< Then the delivery is a dead letter.
  Milliseconds attempt_timeout{10'000};
  Milliseconds answer_deadline{86'400'000};  ///< For the business answer; silence past it is a work item.
};

enum class Priority : std::uint8_t { kRoutine, kUrgent };
/// How long an open Task may stay silent, by state and priority (lifecycle.md 2).
struct Deadlines {
  struct ByPriority {
    Term routine;
    Term urgent;
    [[nodiscard]] Term of(Priority priority) const noexcept {
      return priority == Priority::kUrgent ? urgent : routine;
    }
  };
  ByPriority hub_acknowledges;   ///< received
  ByPriority reviewer_acts;      ///< quarantined
  ByPriority person_confirms;    ///< escalated
  ByPriority triage_decision;    ///< at hub
  ByPriority information_given;  ///< awaiting information
  ByPriority next_step_offered;  ///< accepted
  ByPriority offer_answered;     ///< offered onward
  ByPriority next_contact;       ///< booked, not attended, in treatment
  ByPriority letter_delivered;   ///< discharged
};

/// One step of the red-flag rota: `partner` is told `after` the flag was raised, unless a person confirmed
/// before.
struct RotaStep {
  std::string role;     ///< "duty MSK clinician"
  std::string partner;  ///< Name of a partner that receives escalations.
  std::chrono::minutes after{0};
};

struct Config {
  Installation installation;
  Doors doors;
  std::vector<Partner> partners;
  std::string services_folder;  ///< Relative paths are resolved against the folder of the configuration file.
  std::string data_folder;
  /// FHIR packages (folders, .tgz archives, single resources) whose profiles and terminology $validate and
  /// the terminology operations know beside FHIR R4.
  std::vector<std::string> packages;
  std::string maps_folder;  ///< Maps and code tables over the built-in ones; empty: none.
  Limits limits;
  RetryPolicy retry;
  Deadlines deadlines;
  std::vector<RotaStep> rota;          ///< Ascending by `after`; never empty.
  std::string default_practice_route;  ///< Partner for practices that are no partners; empty: none.
  std::vector<std::string>
      use_case_codes;  ///< Codes of the second ServiceRequest.category coding taken here.

  [[nodiscard]] const Partner* partner(std::string_view name) const noexcept;
  [[nodiscard]] const Partner* partner_by_ods(std::string_view ods, PartnerRole role) const noexcept;
  [[nodiscard]] const Partner* partner_by_service(const ServiceId& id) const noexcept;
};

struct ConfigOutcome {
  std::shared_ptr<const Config> config;  ///< Null when issues has an error.
  fhir::IssueList issues;
};

/// `name` is how issues call the text; `folder` is what relative paths are relative to. Any thread.
[[nodiscard]] ConfigOutcome parse_config(std::string_view text, std::string name,
                                         const std::string& folder = {});
/// Error only when the file cannot be read. Blocks.
[[nodiscard]] fhir::Result<ConfigOutcome> load_config_file(const std::string& path);

}  // namespace gateway::config
