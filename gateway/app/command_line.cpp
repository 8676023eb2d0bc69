#include "gateway/app/command_line.hpp"

#include <exception>
#include <iostream>
#include <string>

#include <CLI/CLI.hpp>

#include "gateway/app/commands.hpp"

namespace gateway::app {
namespace {

/// Keeps the exit code of the command that ran.
class CommandLine {
 public:
  CommandLine()
      : cli_("Ligament: FHIR R4 interoperability gateway for integrated musculoskeletal services",
             "ligament") {
    cli_.require_subcommand(1);
    cli_.set_help_all_flag("--help-all", "Help of every command");
    add_serve();
    add_format();
    add_snapshot();
    add_validate();
    add_fhirpath();
    add_convert();
    add_transform();
    add_route();
    add_partner();
    add_message();
    add_store_commands();
  }

  int run(int argc, const char* const* argv) {
    try {
      cli_.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
      // CLI11 prints help to standard output and complaints to standard error, and says which it was.
      return cli_.exit(error) == 0 ? kSuccess : kUsage;
    }
    return exit_code_;
  }

 private:
  CLI::App* command(const char* name, const char* what, const char* example) {
    CLI::App* sub = cli_.add_subcommand(name, what);
    sub->footer(std::string("Example:\n  ") + example);
    return sub;
  }

  void add_serve() {
    CLI::App* sub = command("serve", "Run the gateway",
                            "ligament serve --dev --data /tmp/ligament --http 127.0.0.1:8080");
    sub->add_option("--config", serve_.config, "Configuration file (YAML)")->type_name("FILE");
    sub->add_option("--data", serve_.data, "Folder of the store; instead of the configured one")
        ->type_name("DIR");
    sub->add_option("--http", serve_.http, "Address of the HTTP door; port 0 takes a free one")
        ->type_name("HOST:PORT");
    sub->add_option("--https", serve_.https, "Address of the HTTPS door")->type_name("HOST:PORT");
    sub->add_option("--mllp", serve_.mllp, "Address of the plain MLLP door")->type_name("HOST:PORT");
    sub->add_option("--mllps", serve_.mllps, "Address of the MLLP door with TLS")->type_name("HOST:PORT");
    sub->add_flag("--dev", serve_.dev,
                  "No authentication, loopback only, example configuration without --config");
    sub->add_option("--as-of", serve_.as_of, "Run as if started at this instant; only with --dev")
        ->type_name("INSTANT");
    sub->callback([this] { exit_code_ = run_serve(serve_); });
  }

  void add_format() {
    CLI::App* sub = command("format", "Read one resource and write it in canonical form",
                            "ligament format --xml patient.json");
    sub->add_option("file", format_.file, "A resource, JSON or XML; - is standard input")
        ->required()
        ->type_name("FILE");
    CLI::Option* json = sub->add_flag("--json", format_.json, "Write JSON");
    sub->add_flag("--xml", format_.xml, "Write XML")->excludes(json);
    sub->add_flag("--pretty", format_.pretty, "One element a line, indented");
    sub->callback([this] { exit_code_ = run_format(format_); });
  }

  void add_snapshot() {
    CLI::App* sub = command("snapshot", "Give a profile its snapshot",
                            "ligament snapshot --package uk.core.tgz profile.xml");
    sub->add_option("file", snapshot_.file, "A StructureDefinition, JSON or XML; - is standard input")
        ->required()
        ->type_name("FILE");
    sub->add_option("--package", snapshot_.packages,
                    "Profiles it is built on: a folder, a .tgz, or one resource")
        ->expected(1)
        ->take_all()
        ->type_name("PATH");
    sub->callback([this] { exit_code_ = run_snapshot(snapshot_); });
  }

  void add_validate() {
    CLI::App* sub = command("validate", "Validate resources against FHIR R4 and profiles",
                            "ligament validate --package ukcore.tgz --ndjson referral.json letter.xml");
    sub->add_option("files", validate_.files, "Resources, JSON or XML; - is standard input")
        ->required()
        ->type_name("FILE");
    sub->add_option("--package", validate_.packages,
                    "Definitions: a folder, a .tgz or one resource file; may be given again")
        ->type_name("PATH")
        ->allow_extra_args(false);
    sub->add_option(
           "--profile", validate_.profiles,
           "A profile beside those of meta.profile, by its canonical or a file with it; may be given "
           "again")
        ->type_name("URL")
        ->allow_extra_args(false);
    sub->add_flag("--ndjson", validate_.ndjson, "One line {\"file\":...,\"outcome\":{...}} for each file");
    add_validate_switches(*sub);
    sub->callback([this] { exit_code_ = run_validate(validate_); });
  }

  /// What the official validator has options for; the defaults are its own, but for security checks.
  void add_validate_switches(CLI::App& sub) {
    sub.add_option(
           "--bundle", validate_.bundle_rules,
           "Entries of Bundles that must have a profile: Patient for all with a Patient, Patient:0 for "
           "the first; then the canonical. May be given again")
        ->type_name("WHICH URL");
    sub.add_option(
           "--matchetype", validate_.matchetype,
           "Do not validate, but compare with this resource, whose values may be patterns like $string$")
        ->type_name("FILE");
    sub.add_flag("--allow-comments", validate_.allow_comments, "Comments in JSON are no error");
    sub.add_flag_callback(
        "--refuse-examples", [this] { validate_.rules.allow_examples = false; },
        "Extensions of example.org and acme.com need a definition like all others");
    sub.add_flag_callback(
        "--allow-unknown-extensions", [this] { validate_.rules.unknown_extensions_are_errors = false; },
        "Extensions without a definition are warnings");
    sub.add_flag("--trust-references", validate_.rules.trust_reference_types,
                 "The type that a reference names is taken for that of its target: a wrong one is an error");
    sub.add_flag_callback(
        "--ignore-contained", [this] { validate_.rules.check_contained = false; },
        "Contained resources are not checked");
    sub.add_flag_callback(
        "--no-security-checks", [this] { validate_.rules.security_checks = false; },
        "Text that looks like HTML is a warning");
    sub.add_flag_callback(
        "--no-best-practice", [this] { validate_.rules.best_practice = false; },
        "Nothing is said of what is only good advice");
    sub.add_flag_callback(
        "--no-errata", [this] { validate_.rules.errata = false; },
        "Constraints of FHIR R4 as published, also where they are known to be wrong");
    sub.add_flag_callback(
        "--exact-places", [this] { validate_.rules.official_places = false; },
        "Places are those of the elements meant, also where the official validator names others");
  }

  void add_fhirpath() {
    CLI::App* sub = command("fhirpath", "Evaluate FHIRPath",
                            "ligament fhirpath \"name.where(use='official').family\" patient.json");
    sub->add_option("expression", fhirpath_.expression, "The expression")->type_name("EXPRESSION");
    sub->add_option("file", fhirpath_.file, "A resource, JSON or XML; - is standard input")
        ->type_name("FILE");
    sub->add_flag("--batch", fhirpath_.batch, "Requests as NDJSON on standard input, one answer a line");
    sub->callback([this] { exit_code_ = run_fhirpath(fhirpath_); });
  }

  void add_convert() {
    CLI::App* sub = command("convert", "Turn messages into FHIR R4 message Bundles, or Bundles into HL7 v2",
                            "ligament convert --receipt receipt.json referral.hl7");
    sub->add_option("file", convert_.file,
                    "HL7 v2 (one message or a batch), or a FHIR message; - is standard input")
        ->required()
        ->type_name("FILE");
    sub->add_option("--partner", convert_.partner,
                    "Whose messages these are, by the name in the configuration")
        ->type_name("NAME");
    sub->add_option("--config", convert_.config,
                    "Configuration file with partners and the key of identifiers")
        ->type_name("FILE");
    sub->add_option("--packs", convert_.packs, "Folder of maps and code tables in place of built-in ones")
        ->type_name("DIR");
    sub->add_option("--to", convert_.to, "Form of the result: fhir, or hl7v2:REF_I12 and the like")
        ->type_name("FORMAT");
    sub->add_option("--receipt", convert_.receipt, "Write what came from where, and what was lost")
        ->type_name("PATH");
    sub->callback([this] { exit_code_ = run_convert(convert_); });
  }

  void add_transform() {
    CLI::App* sub =
        command("transform", "Map a resource or an HL7 v2 message with the FHIR Mapping Language",
                "ligament transform --map referral.map --map types.map --package tables message.json");
    // One value a flag, so that INPUT is not taken for another map.
    sub->add_option("--map", transform_.maps, "A map; starts at the first group of the first")
        ->required()
        ->expected(1)
        ->take_all()
        ->type_name("FILE");
    sub->add_option("--package", transform_.packages,
                    "Package with ConceptMaps: a folder, a .tgz or one resource; later ones win")
        ->expected(1)
        ->take_all()
        ->type_name("PATH");
    sub->add_option("file", transform_.file,
                    "A resource, JSON or XML, or an HL7 v2 message; - is standard input")
        ->required()
        ->type_name("FILE");
    sub->callback([this] { exit_code_ = run_transform(transform_); });
  }

  void add_route() {
    CLI::App* sub = command("route", "Explain where a referral message would go",
                            "ligament route --at 2026-11-22T09:00:00Z referral.json");
    sub->add_option("file", route_.file, "A referral message, JSON or XML; - is standard input")
        ->required()
        ->type_name("FILE");
    sub->add_option("--services", route_.services, "Folder of services; the example's without it")
        ->type_name("DIR");
    sub->add_option("--at", route_.at, "Instant of receipt; now without it")->type_name("INSTANT");
    sub->callback([this] { exit_code_ = run_route(route_); });
    CLI::App* table =
        command("requirements", "Print requirements, their rules and their tests", "ligament requirements");
    table->add_option("--services", requirements_.services, "Folder of services; the example's without it")
        ->type_name("DIR");
    table->callback([this] { exit_code_ = run_requirements(requirements_); });
  }

  void add_partner() {
    CLI::App* sub = command("partner", "Stand in for a hub, a GP system or a PAS",
                            "ligament partner --as hub --http 127.0.0.1:9001 --script hub.yaml");
    sub->add_option("--as", partner_.role, "Whom to be")
        ->required()
        ->check(CLI::IsMember({"hub", "gp", "pas"}));
    sub->add_option("--http", partner_.http, "Address to listen on")->type_name("HOST:PORT");
    sub->add_option("--mllp", partner_.mllp, "Address to listen on for HL7 v2 messages, beside HTTP")
        ->type_name("HOST:PORT");
    sub->add_option("--script", partner_.script, "What to answer and what to send (docs/partner-script.md)")
        ->type_name("FILE");
    sub->add_option("--bodies", partner_.bodies, "Keep each body received as a file in this folder")
        ->type_name("DIR");
    sub->callback([this] { exit_code_ = run_partner(partner_); });
  }

  void add_message() {
    CLI::App* message = command("message", "Look at messages and deliveries, and move deliveries",
                                "ligament message list --data /var/lib/ligament --outbox dead");
    message->require_subcommand(1);
    CLI::App* list = message->add_subcommand("list", "Messages, newest first; with --outbox deliveries");
    list->add_option("--data", message_list_.store.data, "Folder of the store")->required()->type_name("DIR");
    list->add_option("--verdict", message_list_.verdict, "Only accepted, quarantined, refused or duplicate")
        ->check(CLI::IsMember({"accepted", "quarantined", "refused", "duplicate"}));
    list->add_option("--partner", message_list_.partner, "Only of this partner");
    list->add_option("--outbox", message_list_.outbox, "Deliveries in this state")
        ->check(CLI::IsMember({"pending", "awaiting-answer", "delivered", "dead", "parked", "abandoned"}));
    list->add_option("--limit", message_list_.limit, "At most this many lines")->check(CLI::Range(1, 1000));
    list->callback([this] { exit_code_ = run_message_list(message_list_); });

    CLI::App* show = message->add_subcommand(
        "show", "One message, or the timeline of a referral by Task/ID or ServiceRequest/ID");
    show->add_option("--data", message_show_.store.data, "Folder of the store")->required()->type_name("DIR");
    show->add_option("id", message_show_.id, "Number of a message, or Task/ID, or ServiceRequest/ID")
        ->required();
    show->add_flag("--body", message_show_.body, "The original bytes alone");
    show->callback([this] { exit_code_ = run_message_show(message_show_); });

    CLI::App* work =
        message->add_subcommand("work", "What waits for a person: held referrals, escalations, dead letters");
    work->add_option("--data", work_.store.data, "Folder of the store")->required()->type_name("DIR");
    work->callback([this] { exit_code_ = run_work(work_); });
    CLI::App* confirm = message->add_subcommand("confirm", "Take an item of work; its escalation ends");
    confirm->add_option("--data", work_.store.data, "Folder of the store")->required()->type_name("DIR");
    confirm->add_option("--by", work_.by, "Who takes it")->required();
    confirm->add_option("work", work_.work, "Number of the item")->required()->check(CLI::PositiveNumber);
    confirm->callback([this] { exit_code_ = run_work(work_); });

    CLI::App* move = message->add_subcommand(
        "move", "Give all open pathways of one organisation to another, clocks kept; prints the account");
    move->add_option("--data", move_.store.data, "Folder of the store")->required()->type_name("DIR");
    move->add_option("--config", move_.config, "Configuration; the example's without it")->type_name("FILE");
    move->add_option("--from", move_.from, "Who gives them up")->required()->type_name("ODS");
    move->add_option("--to", move_.to, "Who takes them")->required()->type_name("ODS");
    move->add_flag("--dry-run", move_.dry_run, "Count and check, and write nothing");
    move->callback([this] { exit_code_ = run_move(move_); });

    add_delivery_step(*message, "replay", "Send a dead or parked delivery again from its first attempt",
                      DeliveryStep::kReplay);
    add_delivery_step(*message, "park", "Hold a delivery", DeliveryStep::kPark);
    add_delivery_step(*message, "release", "Let a parked or dead delivery go again", DeliveryStep::kRelease);
    CLI::App* abandon = add_delivery_step(*message, "abandon",
                                          "Give up a dead or parked delivery; what waits behind it goes on",
                                          DeliveryStep::kAbandon);
    abandon->add_option("--by", delivery_step_.by, "Who gives it up")->required();
    abandon
        ->add_option("--reason", delivery_step_.reason,
                     "Why; it stays in the timeline, so nothing of the patient")
        ->required();
  }

  CLI::App* add_delivery_step(CLI::App& message, const char* name, const char* what, DeliveryStep step) {
    CLI::App* sub = message.add_subcommand(name, what);
    sub->add_option("--data", delivery_step_.store.data, "Folder of the store")->required()->type_name("DIR");
    sub->add_option("delivery", delivery_step_.delivery, "Number of the delivery")->required();
    sub->callback([this, step] {
      delivery_step_.step = step;
      exit_code_ = run_delivery_step(delivery_step_);
    });
    return sub;
  }

  void add_store_commands() {
    CLI::App* audit = command("audit", "The audit chain", "ligament audit verify --data /var/lib/ligament");
    audit->require_subcommand(1);
    CLI::App* verify = audit->add_subcommand("verify", "Recompute the chain; exit 1 where it breaks");
    verify->add_option("--data", store_.data, "Folder of the store")->required()->type_name("DIR");
    verify->callback([this] { exit_code_ = run_audit_verify(store_); });

    CLI::App* ledger =
        command("ledger", "The account of all referrals", "ligament ledger check --data /var/lib/ligament");
    ledger->require_subcommand(1);
    CLI::App* check = ledger->add_subcommand(
        "check", "Every accepted referral is in one state with one holder; exit 1 if not");
    check->add_option("--data", store_.data, "Folder of the store")->required()->type_name("DIR");
    check->callback([this] { exit_code_ = run_ledger_check(store_); });

    CLI::App* backup = command("backup", "Write a consistent copy of the store",
                               "ligament backup --data /var/lib/ligament /backup/ligament.db");
    backup->add_option("--data", backup_.store.data, "Folder of the store")->required()->type_name("DIR");
    backup->add_option("destination", backup_.destination, "A path that does not exist yet")
        ->required()
        ->type_name("DEST");
    backup->callback([this] { exit_code_ = run_backup(backup_); });
  }

  CLI::App cli_;
  int exit_code_ = kSuccess;
  ServeOptions serve_;
  FormatOptions format_;
  SnapshotOptions snapshot_;
  ValidateOptions validate_;
  FhirpathOptions fhirpath_;
  ConvertOptions convert_;
  TransformOptions transform_;
  RouteOptions route_;
  RequirementsOptions requirements_;
  PartnerOptions partner_;
  MessageListOptions message_list_;
  MessageShowOptions message_show_;
  DeliveryStepOptions delivery_step_;
  WorkOptions work_;
  MoveOptions move_;
  StoreOptions store_;
  BackupOptions backup_;
};

}  // namespace

int run_command_line(int argc, const char* const* argv) {
  try {
    CommandLine line;
    return line.run(argc, argv);
  } catch (const std::exception& fault) {
    std::cerr << "ligament: internal fault: " << fault.what() << '\n';
    return kFault;
  }
}

}  // namespace gateway::app
