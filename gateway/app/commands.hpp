// The commands of `ligament`, one function each. Standard output carries results only; everything else goes
// to standard error. A command returns its exit code and never throws for bad input.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "fhir/validate/validator.hpp"

namespace gateway::app {

/// What the process ends with.
enum ExitCode : int {
  kSuccess = 0,
  kNegative = 1,  ///< A negative verdict: invalid, refused, broken chain.
  kUsage = 2,     ///< Wrong arguments, or a file that cannot be read.
  kFault = 3,     ///< A fault of ours.
};

struct FormatOptions {
  std::string file;
  bool json = false;  ///< Neither: the format the input does not have.
  bool xml = false;
  bool pretty = false;
};
[[nodiscard]] int run_format(const FormatOptions& options);

struct SnapshotOptions {
  std::string file;                   ///< A StructureDefinition.
  std::vector<std::string> packages;  ///< Folders, archives and files with what it is built on.
};
[[nodiscard]] int run_snapshot(const SnapshotOptions& options);

struct ValidateOptions {
  std::vector<std::string> files;
  std::vector<std::string> packages;  ///< Folder, .tgz, or a file with one resource.
  /// Beside those of meta.profile: canonicals, or files with a StructureDefinition.
  std::vector<std::string> profiles;
  /// Pairs of what entries of a Bundle are meant, and the canonical of their profile.
  std::vector<std::pair<std::string, std::string>> bundle_rules;
  bool ndjson = false;
  bool allow_comments = false;
  std::string matchetype;  ///< A file to compare with, instead of validating; empty: none.
  fhir::validate::ValidatorOptions rules;
};
[[nodiscard]] int run_validate(const ValidateOptions& options);

struct FhirpathOptions {
  std::string expression;
  std::string file;
  bool batch = false;
};
[[nodiscard]] int run_fhirpath(const FhirpathOptions& options);

struct ConvertOptions {
  std::string file;
  std::string partner;  ///< Of the configuration; empty: one that nobody configured.
  std::string config;   ///< Empty: the example's, with the trial key.
  std::string packs;    ///< Folder of maps in place of built-in ones; empty: none.
  std::string to;       ///< Format of the result; empty: fhir.
  std::string receipt;  ///< File for receipts, one line a message; empty: none.
};
[[nodiscard]] int run_convert(const ConvertOptions& options);

struct TransformOptions {
  std::vector<std::string> maps;      ///< The run starts at the first group of the first.
  std::vector<std::string> packages;  ///< Folders or files with ConceptMaps.
  std::string file;
};
[[nodiscard]] int run_transform(const TransformOptions& options);

struct RouteOptions {
  std::string file;
  std::string services;  ///< Empty: those of the example configuration.
  std::string at;        ///< FHIR instant; empty: now.
};
[[nodiscard]] int run_route(const RouteOptions& options);

struct ServeOptions {
  std::string config;  ///< Empty only with dev.
  std::string data;    ///< Overrides the configuration, as the doors do.
  std::string http;
  std::string https;
  std::string mllp;
  std::string mllps;
  std::string as_of;  ///< FHIR instant; only with dev.
  bool dev = false;
};
[[nodiscard]] int run_serve(const ServeOptions& options);

struct PartnerOptions {
  std::string role;  ///< hub, gp or pas.
  std::string http;
  std::string mllp;  ///< Empty: no HL7 v2.
  std::string script;
  std::string bodies;  ///< Folder for what it receives; empty: not kept.
};
[[nodiscard]] int run_partner(const PartnerOptions& options);

/// What `message`, `audit`, `ledger` and `backup` work on.
struct StoreOptions {
  std::string data;
};
struct MessageListOptions {
  StoreOptions store;
  std::string verdict;  ///< accepted, quarantined, refused, duplicate; empty: all.
  std::string partner;
  std::string
      outbox;  ///< pending, awaiting-answer, delivered, dead, parked, abandoned: lists deliveries instead.
  std::size_t limit = 100;
};
[[nodiscard]] int run_message_list(const MessageListOptions& options);

struct MessageShowOptions {
  StoreOptions store;
  std::string id;     ///< A message number, or a reference such as Task/abc for the timeline of its referral.
  bool body = false;  ///< Prints the original bytes alone.
};
[[nodiscard]] int run_message_show(const MessageShowOptions& options);

enum class DeliveryStep { kReplay, kPark, kRelease, kAbandon };
struct DeliveryStepOptions {
  StoreOptions store;
  std::int64_t delivery = 0;
  DeliveryStep step = DeliveryStep::kRelease;
  std::string by;      ///< Abandon: who gives it up.
  std::string reason;  ///< Abandon: why, in words without patient data; it is kept with the delivery.
};
[[nodiscard]] int run_delivery_step(const DeliveryStepOptions& options);

struct WorkOptions {
  StoreOptions store;
  std::int64_t work = 0;  ///< 0: lists the open items.
  std::string by;         ///< Who takes it: a name that may stand in the audit.
};
/// Lists what waits for a person, or confirms one item, which ends its rota steps.
[[nodiscard]] int run_work(const WorkOptions& options);

/// All open pathways of one organisation go to another; prints the account. Exit 1 when it does not balance.
struct MoveOptions {
  StoreOptions store;
  std::string config;  ///< Empty: the example configuration.
  std::string from;    ///< ODS codes.
  std::string to;
  bool dry_run = false;
};
[[nodiscard]] int run_move(const MoveOptions& options);

[[nodiscard]] int run_audit_verify(const StoreOptions& options);
[[nodiscard]] int run_ledger_check(const StoreOptions& options);

struct BackupOptions {
  StoreOptions store;
  std::string destination;
};
[[nodiscard]] int run_backup(const BackupOptions& options);

/// The requirement table of a services folder as Markdown.
struct RequirementsOptions {
  std::string services;
};
[[nodiscard]] int run_requirements(const RequirementsOptions& options);

}  // namespace gateway::app
