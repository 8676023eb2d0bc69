#include "gateway/config/options.hpp"

#include <array>

namespace gateway::config {

namespace {

constexpr auto kOptions = std::to_array<Option>({
    {"installation.name", "text", "", "Name of this installation, as partners see it.", "Sussex MSK gateway"},
    {"installation.ods", "ODS code", "", "Organisation that runs this gateway.", "99S01"},
    {"installation.environment", "test or live", "",
     "Test traffic never enters a live store, nor the reverse.", "test"},
    {"installation.id_key_file", "file", "none", "Secret of the keyed resource ids. This or trial_id_key.",
     "secrets/id.key"},
    {"installation.trial_id_key", "text", "none", "The key itself, for trials; refused when live.", "trial"},
    {"installation.endpoint", "URL", "", "Where partners reach this gateway.", "https://msk.example/fhir"},
    {"installation.service_id", "system|value", "", "Target identifier with which partners answer.",
     "https://fhir.nhs.uk/Id/dos-service-id|2000099900"},
    {"doors.http", "HOST:PORT", "closed", "Address of the plain HTTP door.", "127.0.0.1:8080"},
    {"doors.https", "HOST:PORT", "closed", "Address of the HTTPS door; needs doors.tls.", "0.0.0.0:8443"},
    {"doors.mllp", "HOST:PORT", "closed",
     "Address of the plain MLLP door; partners are known by hl7v2.addresses.", "10.0.0.5:2575"},
    {"doors.mllps", "HOST:PORT", "closed",
     "Address of the MLLP door with TLS; needs doors.tls, and a client certificate when it names client_ca.",
     "0.0.0.0:2576"},
    {"doors.tls.certificate", "file", "", "Certificate chain, PEM.", "tls/server.pem"},
    {"doors.tls.key", "file", "", "Private key, PEM.", "tls/server.key"},
    {"doors.tls.client_ca", "file", "none", "Issuers of client certificates, PEM; none: not asked for.",
     "tls/partners.pem"},
    {"partners[].name", "name", "", "Unique; small letters, digits, hyphens.", "sussex-hub"},
    {"partners[].ods", "ODS code", "", "Organisation of the partner.", "99S10"},
    {"partners[].organisation", "text", "its name", "Name of the organisation, as practices read it.",
     "Sussex MSK Partnership"},
    {"partners[].role", "gp, hub, provider, rota, operator or pas", "",
     "What it may do (lifecycle of a referral).", "hub"},
    {"partners[].service_id", "system|value", "none", "Target identifier under which it is reached.",
     "https://fhir.nhs.uk/Id/dos-service-id|2000099001"},
    {"partners[].endpoint", "URL", "none", "Base of its FHIR endpoint; needed when it receives anything.",
     "http://127.0.0.1:9101/fhir"},
    {"partners[].ca", "file", "system trust", "Issuers trusted for its endpoint, PEM.", "tls/hub-ca.pem"},
    {"partners[].receives",
     "list of referral, communication, escalation; of a PAS: acceptance, cancellation, onward", "nothing",
     "What is pushed to it.", "[referral]"},
    {"partners[].token_sha256", "64 hex digits", "none", "SHA-256 of its bearer token.", "(digest)"},
    {"partners[].certificate_sha256", "64 hex digits", "none", "SHA-256 of its client certificate, DER.",
     "(digest)"},
    {"partners[].outgoing_token_file", "file", "none", "Bearer token we show it.", "secrets/hub.token"},
    {"partners[].format", "json or xml", "json", "Format of what is pushed to it.", "json"},
    {"partners[].hl7v2.addresses", "list of IP addresses", "none",
     "From which it may connect to the plain MLLP door.", "[10.0.0.7]"},
    {"partners[].hl7v2.application", "text", "any", "MSH-3 of its messages.", "CAREFLOW"},
    {"partners[].hl7v2.facility", "text", "any", "MSH-4 of its messages.", "99S20"},
    {"partners[].hl7v2.max_bytes", "size", "limits.message.max_bytes", "Largest message it may send.",
     "2MiB"},
    {"partners[].hl7v2.endpoint", "mllp://HOST:PORT or mllps://HOST:PORT", "none",
     "Where messages and application acknowledgements for it go.", "mllps://pas.example:2575"},
    {"partners[].hl7v2.ca", "file", "none", "Issuers trusted for an mllps endpoint, PEM.", "tls/pas-ca.pem"},
    {"partners[].hl7v2.version", "2.3 to 2.8", "2.4",
     "Of messages to it; it gets them when it has no endpoint for FHIR.", "2.4"},
    {"partners[].hl7v2.character_set", "table 0211 or common name", "UNICODE UTF-8",
     "Of its messages whose MSH-18 is empty, and of those to it.", "8859/1"},
    {"partners[].hl7v2.latin1_is_windows1252", "boolean", "true",
     "Whether 8859/1 is read as windows-1252, which is what is nearly always sent.", "true"},
    {"partners[].hl7v2.zone", "IANA time zone", "Europe/London", "Of its times without an offset.",
     "Europe/London"},
    {"partners[].hl7v2.destination", "system|value", "as its messages say, else this gateway",
     "Service that its referrals ask.", "https://fhir.nhs.uk/Id/dos-service-id|2000099001"},
    {"partners[].hl7v2.use_case", "code", "msk-spoa", "Second category of its referrals.", "msk-spoa"},
    {"partners[].hl7v2.id_systems", "map of name to URI", "none",
     "Assigning authorities of its identifiers and their systems.", "{RXH: \"https://downs.example/mrn\"}"},
    {"partners[].hl7v2.code_systems", "map of name to URI", "none", "Names of its coding systems.",
     "{LOCAL: \"https://downs.example/codes\"}"},
    {"partners[].hl7v2.entries", "map of event to map group", "built in",
     "Which map an event goes through, before the built-in table; none: the event is not taken.",
     "{\"ADT^A28\": none}"},
    {"partners[].hl7v2.introduces", "boolean", "false",
     "Whether the patient goes as ADT^A28 before a referral it is told of as accepted; only then the "
     "referral.",
     "true"},
    {"partners[].hl7v2.forms", "map of kind to form", "as docs/hl7v2-maps.md says",
     "What a message to it is sent as: referral, acceptance, update, onward, cancellation as REF_I12, "
     "REF_I13, "
     "REF_I14 or ADT_A28; decision as RRI_I12 or MDM_T02.",
     "{onward: REF_I14, decision: MDM_T02}"},
    {"services", "folder", "", "Service data and red_flags.yaml.", "../services"},
    {"data", "folder", "", "The embedded store.", "../../build/demo"},
    {"packages", "list of folders and files", "none",
     "FHIR packages that $validate and the terminology operations know beside FHIR R4; later ones win.",
     "[packages/uk.core.tgz]"},
    {"maps", "folder", "none",
     "Maps and code tables of the installation: a file of the same flow and name replaces the built-in one, "
     "others are added. Compiled at start; one fault refuses the start. Read at start only.",
     "maps"},
    {"limits.message.max_bytes", "size", "16MiB", "Largest message.", "16MiB"},
    {"limits.message.max_depth", "integer", "64", "Deepest nesting of a message.", "64"},
    {"limits.message.max_nodes", "integer", "1000000", "Most elements of a message.", "1000000"},
    {"limits.message.max_members", "integer", "10000", "Most members of one object or element.", "10000"},
    {"limits.connections", "integer", "1000",
     "Open connections of the HTTP doors, and as many of the MLLP doors.", "1000"},
    {"limits.requests_in_flight", "integer", "256", "Messages being answered; more get 503, or AR 207.",
     "256"},
    {"limits.bytes_in_flight", "size", "256MiB",
     "Bodies held in memory by the HTTP doors, and as many by the MLLP doors; more get 503, or AR 207.",
     "256MiB"},
    {"limits.handshake", "duration", "10s", "For the TLS handshake.", "10s"},
    {"limits.header", "duration", "10s", "For the header of a request.", "10s"},
    {"limits.body", "duration", "30s", "For the body of a request.", "30s"},
    {"limits.idle", "duration", "60s", "Between requests of one connection.", "60s"},
    {"limits.mllp_idle", "duration", "15m", "Between messages of one MLLP connection.", "15m"},
    {"limits.answer", "duration", "5s", "For the answer to a request; then 408.", "5s"},
    {"limits.drain", "duration", "10s", "For open requests on shutdown.", "10s"},
    {"retry.first", "duration", "1s", "Delay before the second attempt.", "1s"},
    {"retry.factor", "number 1 to 10", "2", "Growth of the delay.", "2"},
    {"retry.max", "duration", "5m", "Longest delay.", "5m"},
    {"retry.attempts", "integer", "20", "Attempts before a delivery is a dead letter.", "20"},
    {"retry.attempt_timeout", "duration", "10s", "For one attempt.", "10s"},
    {"retry.answer_deadline", "duration", "1d", "For the business answer; then a work item.", "1d"},
    {"deadlines.hub_acknowledges.routine", "term", "4h", "Received, until the hub acknowledges.", "4h"},
    {"deadlines.hub_acknowledges.urgent", "term", "1h", "The same, urgent.", "1h"},
    {"deadlines.reviewer_acts.routine", "term", "1d", "Held, until a reviewer acts.", "1d"},
    {"deadlines.reviewer_acts.urgent", "term", "2h", "The same, urgent.", "2h"},
    {"deadlines.person_confirms.routine", "term", "30m", "Red flag, until a person confirms.", "30m"},
    {"deadlines.person_confirms.urgent", "term", "30m", "The same, urgent.", "30m"},
    {"deadlines.triage_decision.routine", "term", "2d",
     "At hub, until the triage decision. Terms take `wd` for working days beside the units of durations.",
     "2d"},
    {"deadlines.triage_decision.urgent", "term", "1d", "The same, urgent.", "1d"},
    {"deadlines.information_given.routine", "term", "14d", "Information asked, until it is given.", "14d"},
    {"deadlines.information_given.urgent", "term", "2d", "The same, urgent.", "2d"},
    {"deadlines.next_step_offered.routine", "term", "5d", "Accepted, until the next step is offered.", "5d"},
    {"deadlines.next_step_offered.urgent", "term", "2d", "The same, urgent.", "2d"},
    {"deadlines.offer_answered.routine", "term", "5d", "Offered onward, until it is answered.", "5d"},
    {"deadlines.offer_answered.urgent", "term", "2d", "The same, urgent.", "2d"},
    {"deadlines.next_contact.routine", "term", "42d", "In progress, until the next contact.", "42d"},
    {"deadlines.next_contact.urgent", "term", "14d", "The same, urgent.", "14d"},
    {"deadlines.letter_delivered.routine", "term", "1d", "Discharged, until the letter is delivered.", "1d"},
    {"deadlines.letter_delivered.urgent", "term", "1d", "The same, urgent.", "1d"},
    {"rota[].role", "text", "", "Who is told of a red flag.", "Duty MSK clinician"},
    {"rota[].partner", "partner", "", "A partner that receives escalations.", "sussex-rota"},
    {"rota[].after", "duration", "0m",
     "From the flag, unless confirmed before; each step later than the last.", "15m"},
    {"routes.practices", "partner", "none",
     "Receives what is for a practice that is no partner; none: a work item.", "post-room"},
    {"use_cases", "list of codes", "any", "Second category codes taken by services that name none.",
     "[msk-spoa]"},
});

void cell(std::string& out, std::string_view text) {
  out += " ";
  for (const char c : text) {
    if (c == '|') out += '\\';
    out += c;
  }
  out += " |";
}

}  // namespace

std::span<const Option> options() noexcept {
  return kOptions;
}

std::string options_markdown() {
  std::string out = "| option | type | default | meaning | example |\n|---|---|---|---|---|\n";
  for (const Option& option : kOptions) {
    out += '|';
    cell(out, option.path);
    cell(out, option.type);
    cell(out, option.fallback.empty() ? "(required)" : option.fallback);
    cell(out, option.meaning);
    cell(out, option.example);
    out += '\n';
  }
  return out;
}

}  // namespace gateway::config
