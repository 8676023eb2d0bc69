#include <algorithm>
#include <charconv>

#include "fhir/search/parameters.hpp"
#include "fhir/search/period.hpp"
#include "fhir/search/query.hpp"
#include "fhir/search/reference_target.hpp"

namespace fhir::search {
namespace {

constexpr std::size_t kMaxClauses = 20;
constexpr std::size_t kMaxOperands = 100;

tl::unexpected<Error> bad_value(std::string_view param) {
  return fail(ErrorCode::kInvalidRequest,
              "search parameter " + std::string(param) + " has a value that cannot be read");
}

/// Splits at `separator`, with `\` escaping it (FHIR R4 3.1.1.4.20); escapes stay in the parts.
std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  std::size_t start = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '\\') {
      ++at;
    } else if (text[at] == separator) {
      parts.push_back(text.substr(start, at - start));
      start = at + 1;
    }
  }
  parts.push_back(text.substr(start));
  return parts;
}

std::string unescape(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '\\' && at + 1 < text.size()) ++at;
    out.push_back(text[at]);
  }
  return out;
}

std::optional<Operand> token_operand(std::string_view text) {
  const std::vector<std::string_view> parts = split(text, '|');
  Operand operand;
  if (parts.size() > 2 || text.empty() || text == "|") return std::nullopt;
  if (parts.size() == 2) operand.system = unescape(parts.front());
  if (!parts.back().empty()) operand.value = unescape(parts.back());
  return operand;
}

std::optional<Operand> reference_operand(std::string_view text, std::string_view only_type) {
  const std::string plain = unescape(text);
  const ReferenceTarget target = reference_target(plain);
  if (target.id.empty()) return std::nullopt;
  Operand operand;
  operand.value = std::string(target.id);
  if (!target.type.empty()) operand.system = std::string(target.type);
  if (!only_type.empty() && !target.type.empty() && target.type != only_type) return std::nullopt;
  return operand;
}

std::optional<Operand> date_operand(std::string_view text) {
  static constexpr std::pair<std::string_view, Prefix> kPrefixes[] = {
      {"eq", Prefix::kEq}, {"ne", Prefix::kNe}, {"gt", Prefix::kGt},
      {"lt", Prefix::kLt}, {"ge", Prefix::kGe}, {"le", Prefix::kLe}};
  Operand operand;
  for (const auto& [name, prefix] : kPrefixes) {
    if (!text.starts_with(name)) continue;
    operand.prefix = prefix;
    text.remove_prefix(name.size());
    break;
  }
  const std::optional<Period> period = parse_period(text);
  if (!period) return std::nullopt;
  operand.low = period->low;
  operand.high = period->high;
  return operand;
}

std::optional<Operand> read_operand(ClauseKind kind, std::string_view text, std::string_view only_type) {
  switch (kind) {
    case ClauseKind::kToken: return token_operand(text);
    case ClauseKind::kReference: return reference_operand(text, only_type);
    case ClauseKind::kDate:
    case ClauseKind::kLastUpdated: return date_operand(text);
    case ClauseKind::kId:
    case ClauseKind::kString: break;
  }
  if (text.empty()) return std::nullopt;
  Operand operand;
  operand.value = unescape(text);
  return operand;
}

ClauseKind clause_kind(IndexKind kind) {
  switch (kind) {
    case IndexKind::kToken: return ClauseKind::kToken;
    case IndexKind::kReference: return ClauseKind::kReference;
    case IndexKind::kString: return ClauseKind::kString;
    case IndexKind::kDate: return ClauseKind::kDate;
  }
  return ClauseKind::kToken;
}

class Reader {
 public:
  Reader(std::string_view type, Unknown unknown) : type_(type), unknown_(unknown) {
    parsed_.query.type = type;
  }

  Status take(const Pair& pair) {
    const auto& [name, value] = pair;
    if (name == "_format" || name == "_pretty") return {};
    if (name == kCursorParam) {
      parsed_.query.cursor = value;
      return {};
    }
    if (name == "_count") return take_count(pair);
    if (name == "_total") return take_total(pair);
    if (name == "_id") return take_clause(pair, ClauseKind::kId, {});
    if (name == "_lastUpdated") return take_clause(pair, ClauseKind::kLastUpdated, {});
    return take_parameter(pair);
  }
  [[nodiscard]] Parsed finish() { return std::move(parsed_); }

 private:
  Status take_count(const Pair& pair) {
    const std::string& text = pair.second;
    std::uint32_t count = 0;
    const auto [stopped, error] = std::from_chars(text.data(), text.data() + text.size(), count);
    if (error == std::errc::result_out_of_range) {
      count = kMaxCount;
    } else if (error != std::errc() || stopped != text.data() + text.size()) {
      return bad_value("_count");
    }
    parsed_.query.count = std::min(count, kMaxCount);
    parsed_.applied.emplace_back("_count", std::to_string(parsed_.query.count));
    return {};
  }

  Status take_total(const Pair& pair) {
    if (pair.second != "none" && pair.second != "estimate" && pair.second != "accurate")
      return bad_value("_total");
    parsed_.query.total = pair.second != "none";
    parsed_.applied.push_back(pair);
    return {};
  }

  Status take_parameter(const Pair& pair) {
    const std::string_view full = pair.first;
    const auto colon = full.find(':');
    const std::string_view name = full.substr(0, colon);
    const std::string_view modifier =
        colon == std::string_view::npos ? std::string_view() : full.substr(colon + 1);
    const auto parameters = parameters_of(type_);
    const auto found = std::ranges::find(parameters, name, &Parameter::name);
    const bool by_identifier = modifier == "identifier";
    if (found == parameters.end() || (colon != std::string_view::npos && modifier != "identifier") ||
        (by_identifier && found->kind != IndexKind::kReference)) {
      if (unknown_ == Unknown::kIgnore) return {};
      return fail(ErrorCode::kInvalidRequest,
                  "a search parameter or modifier is not known for " + std::string(type_));
    }
    return take_clause(pair, by_identifier ? ClauseKind::kToken : clause_kind(found->kind), found->target);
  }

  Status take_clause(const Pair& pair, ClauseKind kind, std::string_view only_type) {
    if (parsed_.query.all_of.size() == kMaxClauses) {
      return fail(ErrorCode::kTooLarge, "more than 20 search parameters");
    }
    Clause clause;
    clause.kind = kind;
    clause.param = pair.first;
    for (const std::string_view part : split(pair.second, ',')) {
      std::optional<Operand> operand = read_operand(kind, part, only_type);
      if (!operand) return bad_value(clause.param);
      if (++operands_ > kMaxOperands) return fail(ErrorCode::kTooLarge, "more than 100 search values");
      clause.any_of.push_back(std::move(*operand));
    }
    parsed_.query.all_of.push_back(std::move(clause));
    parsed_.applied.push_back(pair);
    return {};
  }

  std::string_view type_;
  Unknown unknown_;
  std::size_t operands_ = 0;
  Parsed parsed_;
};

}  // namespace

Result<Parsed> parse(std::string_view type, std::span<const Pair> pairs, Unknown unknown) {
  if (!is_searchable(type)) return fail(ErrorCode::kUnsupported, "this resource type is not searched here");
  Reader reader(type, unknown);
  for (const Pair& pair : pairs)
    LIGAMENT_CHECK(reader.take(pair));
  return reader.finish();
}

}  // namespace fhir::search
