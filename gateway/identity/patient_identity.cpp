#include "gateway/identity/patient_identity.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "fhir/tree/expression.hpp"
#include "gateway/identity/identifiers.hpp"

namespace gateway::identity {
namespace {

using fhir::IssueType;
using fhir::Severity;
using fhir::tree::Node;

constexpr int kEarliestBirthYear = 1900;
constexpr std::string_view kVerificationExtension = "NHSNumberVerificationStatus";

bool ends_with(std::string_view text, std::string_view end) noexcept {
  return text.size() >= end.size() && text.substr(text.size() - end.size()) == end;
}

VerificationStatus verification(Node identifier) {
  for (const Node extension : identifier.children("extension")) {
    if (!ends_with(extension.child("url").text(), kVerificationExtension)) continue;
    for (const Node coding : extension.at("value").children("coding")) {
      const std::string_view code = coding.child("code").text();
      if (code == "number-present-and-verified" || code == "01") return VerificationStatus::kVerified;
      if (code == "number-present-but-not-traced" || code == "02") return VerificationStatus::kNotTraced;
    }
    return VerificationStatus::kOther;
  }
  return VerificationStatus::kAbsent;
}

void read_number(Node identifier, Environment environment, PatientIdentity& identity,
                 fhir::IssueList& issues) {
  const Node value = identifier.child("value");
  identity.verification = verification(identifier);
  if (value.text().empty()) return;
  const auto number = parse_nhs_number(value.text(), environment);
  if (!number) {
    identity.nhs_number_refused = true;
    issues.add(Severity::kError, IssueType::kValue, expression(value), std::string(to_text(number.error())));
    return;
  }
  if (!identity.nhs_number.empty() && identity.nhs_number != *number) {
    identity.nhs_number_refused = true;
    issues.add(Severity::kError, IssueType::kBusinessRule, expression(value),
               "a patient has one NHS number; this one differs from another");
    return;
  }
  if (identity.verification == VerificationStatus::kOther) {
    identity.nhs_number_refused = true;
    issues.add(Severity::kError, IssueType::kBusinessRule, expression(identifier),
               "an NHS number is sent only when present and verified, or present but not traced; else it is "
               "left out");
    return;
  }
  if (identity.verification == VerificationStatus::kAbsent) {
    issues.add(Severity::kWarning, IssueType::kBusinessRule, expression(identifier),
               "the NHS number comes without its verification status and is taken as not traced");
  }
  identity.nhs_number = *number;
}

/// A FHIR date of the three precisions, as year, month, day; 0 for what is absent. Empty when it is not one.
std::optional<std::array<int, 3>> date_parts(std::string_view text) {
  std::array<int, 3> parts{};
  if (text.size() != 4 && text.size() != 7 && text.size() != 10) return std::nullopt;
  for (std::size_t i = 0, at = 0; at < text.size(); ++i) {
    const std::size_t length = i == 0 ? 4 : 2;
    const char* begin = text.data() + at;
    const auto [end, error] = std::from_chars(begin, begin + length, parts[i]);
    if (error != std::errc() || end != begin + length || *begin == '-') return std::nullopt;
    at += length;
    if (at < text.size() && text[at++] != '-') return std::nullopt;
  }
  return parts;
}

/// What is wrong with a date of birth, or empty. `today` is the day in UTC: a birth just past midnight
/// British summer time may be a day ahead of it, so tomorrow is let through.
std::string_view birth_date_fault(std::string_view text, std::chrono::sys_days today) {
  const auto parts = date_parts(text);
  if (!parts) return "a date of birth is YYYY, YYYY-MM or YYYY-MM-DD";
  const auto [year, month, day] = *parts;
  if (year < kEarliestBirthYear) return "the date of birth is before 1900";
  const std::chrono::year_month_day whole{std::chrono::year(year),
                                          std::chrono::month(month == 0 ? 1U : static_cast<unsigned>(month)),
                                          std::chrono::day(day == 0 ? 1U : static_cast<unsigned>(day))};
  if (!whole.ok()) return "there is no such day";
  if (std::chrono::sys_days(whole) > today + std::chrono::days(1))
    return "the date of birth is in the future";
  return {};
}

void read_birth_date(Node patient, fhir::Instant now, PatientIdentity& identity, fhir::IssueList& issues) {
  const Node birth = patient.child("birthDate");
  if (birth.text().empty()) return;
  const std::string_view fault = birth_date_fault(birth.text(), std::chrono::floor<std::chrono::days>(now));
  if (fault.empty()) {
    identity.birth_date = birth.text();
  } else {
    issues.add(Severity::kError, IssueType::kValue, expression(birth), std::string(fault));
  }
}

/// The name to match by: official, else usual, else the first that is not old.
Node name_of(Node patient) {
  for (const std::string_view use : {"official", "usual"}) {
    for (const Node name : patient.children("name")) {
      if (name.child("use").text() == use) return name;
    }
  }
  for (const Node name : patient.children("name")) {
    if (name.child("use").text() != "old") return name;
  }
  return {};
}

std::string folded(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c >= 'A' && c <= 'Z') {
      out.push_back(static_cast<char>(c - 'A' + 'a'));
    } else if ((c >= 'a' && c <= 'z') || byte >= 0x80 || (c >= '0' && c <= '9')) {
      out.push_back(c);
    }
  }
  return out;
}

bool given_agree(const PatientIdentity& a, const PatientIdentity& b) {
  if (a.given.empty() || b.given.empty()) return true;
  const std::string first = folded(a.given.front());
  const std::string second = folded(b.given.front());
  if (first.empty() || second.empty()) return true;
  // An initial agrees with a name that begins so.
  return first == second || (first.size() == 1 && second.starts_with(first)) ||
         (second.size() == 1 && first.starts_with(second));
}

}  // namespace

bool PatientIdentity::matchable() const noexcept {
  return !nhs_number.empty() && birth_date.size() == 10 && !family.empty();
}

PatientIdentity read_identity(Node patient, Environment environment, fhir::Instant now,
                              fhir::IssueList& issues) {
  PatientIdentity identity;
  for (const Node identifier : patient.children("identifier")) {
    if (canonical_system(identifier.child("system").text()) != kNhsNumberSystem) continue;
    // Old, or marked by a converting door as not established: nobody is matched by it.
    const std::string_view use = identifier.child("use").text();
    if (use != "old" && use != "temp") read_number(identifier, environment, identity, issues);
  }
  if (identity.nhs_number_refused) identity.nhs_number.clear();
  const Node name = name_of(patient);
  identity.family = name.child("family").text();
  for (const Node given : name.children("given"))
    identity.given.emplace_back(given.text());
  read_birth_date(patient, now, identity, issues);
  return identity;
}

Agreement agreement(const PatientIdentity& a, const PatientIdentity& b) {
  if (a.nhs_number.empty() || b.nhs_number.empty()) return Agreement::kUnsure;
  if (a.nhs_number != b.nhs_number) return Agreement::kOther;
  const bool birth_known = !a.birth_date.empty() && !b.birth_date.empty();
  const std::size_t shared = std::min(a.birth_date.size(), b.birth_date.size());
  if (birth_known && a.birth_date.compare(0, shared, b.birth_date, 0, shared) != 0)
    return Agreement::kContradicts;
  const bool names_known = !folded(a.family).empty() && !folded(b.family).empty();
  if (names_known && !same_name(a.family, b.family)) return Agreement::kContradicts;
  if (!given_agree(a, b)) return Agreement::kContradicts;
  return a.matchable() && b.matchable() && names_known ? Agreement::kSame : Agreement::kUnsure;
}

bool same_name(std::string_view a, std::string_view b) {
  return folded(a) == folded(b);
}

bool check_environment(Node resource, Environment environment, fhir::IssueList& issues) {
  Node marker;
  const Node meta = resource.child("meta");
  for (const std::string_view place : {"tag", "security"}) {
    for (const Node coding : meta.children(place)) {
      if (coding.child("code").text() == kTestMark && !marker) marker = coding;
    }
  }
  if (static_cast<bool>(marker) == (environment == Environment::kTest)) return true;
  if (marker) {
    issues.add(Severity::kError, IssueType::kBusinessRule, expression(marker),
               "a test message is not taken in a live environment");
  } else {
    issues.add(Severity::kError, IssueType::kBusinessRule, expression(resource, "meta"),
               "a test environment takes only messages marked as test (meta.tag HTEST)");
  }
  return false;
}

}  // namespace gateway::identity
