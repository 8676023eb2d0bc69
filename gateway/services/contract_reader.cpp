#include <charconv>

#include "gateway/services/yaml_parts.hpp"

namespace gateway::services {

using config::YamlMap;
using config::YamlValue;

namespace {

/// The last day of a contract of that many years: the one before the anniversary.
Date last_day(Date start, int years) {
  return Date(std::chrono::sys_days(add_years(start, years)) - std::chrono::days(1));
}

/// Every member that says when the contract ends must say the same day.
class Term {
 public:
  explicit Term(Contract& contract) : contract_(contract) {}

  void ends(const YamlValue& where, std::optional<Date> last) {
    if (!last) return;
    if (contract_.dates.to && *contract_.dates.to != *last) {
      where.complain("does not agree with end: by length the last day is " + config::to_text(*last));
    }
    contract_.dates.to = last;
  }
  void lasts(const YamlValue& where, int years) {
    if (contract_.dates.from) ends(where, last_day(*contract_.dates.from, years));
  }
  /// `2 years`, or the last day itself: commissioners' tables have either in this column.
  void length(const YamlValue& where) {
    const std::string text = where.text();
    if (const auto last = config::parse_date(text)) return ends(where, last);
    int years = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), years);
    const std::string_view rest(end, text.data() + text.size());
    if (error != std::errc() || (rest != " years" && rest != " year") || years < 1 || years > 50) {
      where.complain("must be a number of years, such as '2 years', or the last day");
      return;
    }
    lasts(where, years);
  }

 private:
  Contract& contract_;
};

void read_term(YamlMap& map, Contract& contract) {
  contract.dates.from = map.require("start").date();
  Term term(contract);
  const YamlValue end = map.find("end");
  const YamlValue length = map.find("length");
  const YamlValue years = map.find("length_years");
  if (end) term.ends(end, end.date());
  if (length) term.length(length);
  if (years) term.lasts(years, static_cast<int>(years.integer(1, 50)));
  if (!end && !length && !years) map.value().complain("needs end, length or length_years");
  if (contract.dates.from && contract.dates.to && *contract.dates.to < *contract.dates.from) {
    (end ? end : length ? length : map.value()).complain("ends before it starts");
  }
}

void read_extension(const YamlValue& extension, Contract& contract) {
  YamlMap inner = extension.map();
  contract.extension_years = static_cast<int>(inner.require("years").integer(1, 20));
  static constexpr Extension kStates[] = {Extension::kExercised, Extension::kNotExercised,
                                          Extension::kUnknown};
  contract.extension = kStates[inner.require("exercised").one_of({"yes", "no", "unknown"})];
}

}  // namespace

Contract read_contract(const YamlValue& value) {
  YamlMap map = value.map();
  Contract contract;
  contract.id = rule_at(map, "rule");
  contract.place = value.place();
  contract.name = map.text("name");
  contract.provider_ods = map.text("provider");
  contract.partner = map.text_or("partner", "");
  static constexpr ContractType kTypes[] = {ContractType::kLead, ContractType::kSubcontract,
                                            ContractType::kSpot, ContractType::kDirect};
  contract.type = kTypes[map.require("type").one_of({"lead", "subcontract", "spot", "direct"})];
  read_term(map, contract);
  if (const YamlValue extension = map.find("extension")) read_extension(extension, contract);
  contract.specialties = map.require("specialties").texts();
  if (const YamlValue payment = map.find("payment")) {
    static constexpr Payment kPayments[] = {Payment::kUnknown, Payment::kBlock, Payment::kCostAndVolume,
                                            Payment::kByResults};
    contract.payment = kPayments[payment.one_of({"unknown", "block", "cost-and-volume", "by-results"})];
  }
  const YamlValue amount = map.find("value_gbp");
  if (amount && amount.text() != "unknown") contract.value_gbp = amount.integer(0, std::int64_t{1} << 50);
  return contract;
}

}  // namespace gateway::services
