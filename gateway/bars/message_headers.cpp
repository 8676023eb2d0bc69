#include "gateway/bars/message_headers.hpp"

#include <algorithm>

#include "fhir/base/uuid.hpp"
#include "fhir/definitions/definitions.hpp"
#include "fhir/json/reader.hpp"
#include "fhir/json/writer.hpp"
#include "fhir/tree/resource_builder.hpp"
#include "gateway/bars/base64.hpp"
#include "gateway/identity/identifiers.hpp"

namespace gateway::bars {
namespace {

using fhir::IssueType;
using fhir::tree::Node;
using fhir::tree::TreePtr;
template <class T>
using Checked = tl::expected<T, Refusal>;

constexpr std::string_view kRequestId = "X-Request-Id";
constexpr std::string_view kCorrelationId = "X-Correlation-Id";
constexpr std::string_view kTarget = "NHSD-Target-Identifier";
constexpr std::string_view kOrganisation = "NHSD-End-User-Organisation";
constexpr std::string_view kSoftware = "NHSD-Requesting-Software";
constexpr std::string_view kPractitioner = "NHSD-Requesting-Practitioner";
constexpr std::string_view kAccept = "Accept";
constexpr fhir::ReadLimits kClaimLimits{
    .max_bytes = 8192, .max_depth = 12, .max_nodes = 200, .max_members = 40, .max_name_bytes = 64};

tl::unexpected<Refusal> bad(std::string_view header, IssueType type, std::string_view what) {
  return tl::unexpected(refusal(Rec::kBadRequest, type, {}, std::string(header).append(" ").append(what)));
}

bool same_header(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [&](char x, char y) { return lower(x) == lower(y); });
}

/// The value of a header that may come once.
Checked<std::optional<std::string_view>> find(std::span<const HeaderField> fields, std::string_view name) {
  std::optional<std::string_view> found;
  for (const HeaderField& field : fields) {
    if (!same_header(field.name, name)) continue;
    if (found) return bad(name, IssueType::kInvalid, "is sent more than once");
    found = field.value;
  }
  return found;
}

Checked<std::string_view> require(std::span<const HeaderField> fields, std::string_view name) {
  const auto found = find(fields, name);
  if (!found) return tl::unexpected(found.error());
  if (!*found || (*found)->empty()) return bad(name, IssueType::kRequired, "is required");
  return **found;
}

Checked<std::string> require_uuid(std::span<const HeaderField> fields, std::string_view name) {
  const auto value = require(fields, name);
  if (!value) return tl::unexpected(value.error());
  if (!fhir::is_uuid(*value)) return bad(name, IssueType::kValue, "is not a UUID");
  return std::string(*value);
}

Checked<std::string> decode(std::string_view name, std::string_view value, const HeaderPolicy& policy) {
  if (value.size() > policy.max_encoded_bytes) return bad(name, IssueType::kValue, "is too long");
  std::optional<std::string> bytes = decode_base64(value);
  if (!bytes) return bad(name, IssueType::kValue, "is not Base64");
  return *std::move(bytes);
}

Checked<TreePtr> read_claim(std::string_view name, std::string_view json, std::string_view resource_type) {
  fhir::tree::ReadOutcome outcome = fhir::json::read(json, fhir::definitions::r4(), kClaimLimits);
  if (!outcome.tree || outcome.issues.has_error())
    return bad(name, IssueType::kValue, "does not hold one FHIR resource in JSON");
  if (outcome.tree->root().type() != resource_type) {
    return bad(name, IssueType::kValue, std::string("holds another resource than ").append(resource_type));
  }
  return std::move(outcome.tree);
}

SystemValue system_value(Node identifier) {
  return {identity::canonical_system(identifier.child("system").text()),
          std::string(identifier.child("value").text())};
}

bool whole(const SystemValue& pair) {
  return !pair.system.empty() && !pair.value.empty();
}

/// {"system","value"} and nothing else. Read as the identifier of a carrier resource, so that the one JSON
/// reader's rules on duplicates, encoding and limits hold; a text that closes the carrier early leaves
/// another shape and is refused.
Checked<SystemValue> read_target(std::string_view json) {
  std::string carrier = R"({"resourceType":"Basic","identifier":[)";
  carrier.append(json).append("]}");
  const auto tree = read_claim(kTarget, carrier, "Basic");
  if (!tree) return tl::unexpected(tree.error());
  const Node root = (*tree)->root();
  const Node identifier = root.first_child();
  bool plain = root.children().size() == 1 && identifier.name() == "identifier";
  for (const Node child : identifier.children())
    plain = plain && (child.name() == "system" || child.name() == "value");
  if (!plain) return bad(kTarget, IssueType::kValue, "is not an object of system and value alone");
  SystemValue target = system_value(identifier);
  if (!whole(target)) return bad(kTarget, IssueType::kValue, "needs both system and value");
  return target;
}

std::string display_name(Node practitioner_role) {
  return std::string(practitioner_role.at("practitioner", "display").text());
}

Checked<OrganisationClaim> read_organisation(std::string_view json) {
  const auto tree = read_claim(kOrganisation, json, "Organization");
  if (!tree) return tl::unexpected(tree.error());
  const Node root = (*tree)->root();
  OrganisationClaim claim{{}, std::string(root.child("name").text())};
  for (const Node identifier : root.children("identifier")) {
    SystemValue pair = system_value(identifier);
    if (whole(pair) && (claim.identifier.value.empty() || pair.system == identity::kOdsSystem))
      claim.identifier = std::move(pair);
  }
  if (claim.identifier.value.empty())
    return bad(kOrganisation, IssueType::kRequired, "needs an identifier with system and value");
  if (claim.identifier.system == identity::kOdsSystem && !identity::is_ods_code(claim.identifier.value)) {
    return bad(kOrganisation, IssueType::kValue, "holds a malformed ODS code");
  }
  return claim;
}

Checked<SoftwareClaim> read_software(std::string_view json) {
  const auto tree = read_claim(kSoftware, json, "Device");
  if (!tree) return tl::unexpected(tree.error());
  const Node root = (*tree)->root();
  return SoftwareClaim{std::string(root.at("identifier", "value").text()),
                       std::string(root.at("deviceName", "name").text()),
                       std::string(root.at("version", "value").text())};
}

Checked<PractitionerClaim> read_practitioner(std::string_view json) {
  const auto tree = read_claim(kPractitioner, json, "PractitionerRole");
  if (!tree) return tl::unexpected(tree.error());
  const Node root = (*tree)->root();
  PractitionerClaim claim{{}, display_name(root)};
  for (const Node identifier : root.children("identifier"))
    claim.identifiers.push_back(system_value(identifier));
  if (const Node inner = root.at("practitioner", "identifier"))
    claim.identifiers.push_back(system_value(inner));
  return claim;
}

template <class Claim>
Checked<Claim> require_claim(std::span<const HeaderField> fields, std::string_view name,
                             const HeaderPolicy& policy, Checked<Claim> (*read)(std::string_view)) {
  const auto value = require(fields, name);
  if (!value) return tl::unexpected(value.error());
  const auto json = decode(name, *value, policy);
  if (!json) return tl::unexpected(json.error());
  return read(*json);
}

template <class T>
bool store(T& place, Checked<T> checked, std::optional<Refusal>& refused) {
  if (checked) {
    place = std::move(*checked);
    return true;
  }
  refused = std::move(checked.error());
  return false;
}

bool store_accept(MessageHeaders& headers, std::span<const HeaderField> fields, const HeaderPolicy& policy,
                  std::optional<Refusal>& refused) {
  // Several Accept fields are one list (RFC 9110, 5.3).
  std::string accept;
  for (const HeaderField& field : fields) {
    if (same_header(field.name, kAccept)) accept.append(accept.empty() ? "" : ",").append(field.value);
  }
  Acceptable chosen{};
  if (!store(chosen, evaluate_accept(accept, policy), refused)) return false;
  headers.accept = chosen.type;
  headers.version = std::move(chosen.version);
  return true;
}

/// A claim that may be left out where the policy says so; what is sent is always checked.
template <class Claim>
bool store_claim(Claim& place, std::span<const HeaderField> fields, std::string_view name,
                 const HeaderPolicy& policy, Checked<Claim> (*read)(std::string_view),
                 std::optional<Refusal>& refused) {
  const auto found = find(fields, name);
  if (found && !*found && !policy.claims_required) return true;
  return store(place, require_claim(fields, name, policy, read), refused);
}

bool store_target(MessageHeaders& headers, std::span<const HeaderField> fields, const HeaderPolicy& policy,
                  std::optional<Refusal>& refused) {
  const auto found = find(fields, kTarget);
  if (found && !*found && !(policy.target_required && policy.claims_required)) return true;
  return store(headers.target, require_claim(fields, kTarget, policy, read_target), refused);
}

bool store_practitioner(MessageHeaders& headers, std::span<const HeaderField> fields,
                        const HeaderPolicy& policy, std::optional<Refusal>& refused) {
  const auto found = find(fields, kPractitioner);
  if (found && !*found) return true;
  PractitionerClaim claim;
  if (!store(claim, require_claim(fields, kPractitioner, policy, read_practitioner), refused)) return false;
  headers.practitioner = std::move(claim);
  return true;
}

std::string encoded(const TreePtr& tree) {
  return encode_base64(fhir::json::write(tree->root()));
}

void append_escaped(std::string& out, std::string_view text) {
  constexpr std::string_view kHex = "0123456789abcdef";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out.append(1, '\\').append(1, c);
    } else if (byte < 0x20) {
      out.append("\\u00").append(1, kHex[byte >> 4u]).append(1, kHex[byte & 15u]);
    } else {
      out.push_back(c);
    }
  }
}

std::string target_json(const SystemValue& target) {
  std::string json = R"({"system":")";
  append_escaped(json, target.system);
  json.append(R"(","value":")");
  append_escaped(json, target.value);
  return json.append(R"("})");
}

std::string accept_value(const MessageHeaders& headers) {
  std::string value = headers.accept == MediaType::kXml ? "application/fhir+xml" : "application/fhir+json";
  if (!headers.version.empty()) value.append("; version=").append(headers.version);
  return value;
}

}  // namespace

tl::expected<MessageHeaders, Refusal> parse_headers(std::span<const HeaderField> fields,
                                                    const HeaderPolicy& policy) {
  MessageHeaders headers;
  std::optional<Refusal> refused;
  const bool good =
      store(headers.request_id, require_uuid(fields, kRequestId), refused) &&
      store(headers.correlation_id, require_uuid(fields, kCorrelationId), refused) &&
      store_target(headers, fields, policy, refused) &&
      store_claim(headers.organisation, fields, kOrganisation, policy, read_organisation, refused) &&
      store_claim(headers.software, fields, kSoftware, policy, read_software, refused) &&
      store_practitioner(headers, fields, policy, refused) && store_accept(headers, fields, policy, refused);
  if (!good) return tl::unexpected(*std::move(refused));
  return headers;
}

std::vector<std::pair<std::string, std::string>> build_headers(const MessageHeaders& headers) {
  const fhir::tree::TypeTable& table = fhir::definitions::r4();
  fhir::tree::ResourceBuilder organisation(table, "Organization");
  organisation.open("identifier")
      .set("system", headers.organisation.identifier.system)
      .set("value", headers.organisation.identifier.value)
      .close()
      .set("name", headers.organisation.name);
  fhir::tree::ResourceBuilder software(table, "Device");
  if (!headers.software.identifier.empty())
    software.open("identifier").set("value", headers.software.identifier).close();
  if (!headers.software.name.empty()) {
    software.open("deviceName").set("name", headers.software.name).set("type", "manufacturer-name").close();
  }
  if (!headers.software.version.empty())
    software.open("version").set("value", headers.software.version).close();
  std::vector<std::pair<std::string, std::string>> fields;
  if (whole(headers.target)) fields.emplace_back(kTarget, encode_base64(target_json(headers.target)));
  fields.emplace_back(kRequestId, headers.request_id);
  fields.emplace_back(kCorrelationId, headers.correlation_id);
  fields.emplace_back(kOrganisation, encoded(organisation.finish()));
  fields.emplace_back(kSoftware, encoded(software.finish()));
  fields.emplace_back(kAccept, accept_value(headers));
  if (headers.practitioner) {
    fhir::tree::ResourceBuilder practitioner(table, "PractitionerRole");
    for (const SystemValue& pair : headers.practitioner->identifiers) {
      practitioner.open("identifier").set("system", pair.system).set("value", pair.value).close();
    }
    if (!headers.practitioner->name.empty())
      practitioner.open("practitioner").set("display", headers.practitioner->name).close();
    fields.emplace_back(kPractitioner, encoded(practitioner.finish()));
  }
  return fields;
}

std::vector<std::pair<std::string, std::string>> response_headers(std::span<const HeaderField> fields) {
  std::vector<std::pair<std::string, std::string>> mirrored;
  for (const std::string_view name : {kRequestId, kCorrelationId}) {
    const Checked<std::string> id = require_uuid(fields, name);
    if (id) mirrored.emplace_back(name, *id);
  }
  return mirrored;
}

}  // namespace gateway::bars
