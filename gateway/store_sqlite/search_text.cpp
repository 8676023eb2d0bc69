#include "gateway/store_sqlite/search_text.hpp"

#include <algorithm>

namespace gateway::store_sqlite {

using fhir::Instant;
using fhir::Result;
using fhir::Status;
using fhir::search::Clause;
using fhir::search::ClauseKind;
using fhir::search::Operand;
using fhir::search::Prefix;
using fhir::search::Query;

namespace {

/// The clause whose index is walked; the others are probed for each key it gives. An id names at most one
/// resource each, an identifier or reference few; a status many.
const Clause* driver_of(const Query& query) {
  const auto rank = [](const Clause& clause) {
    const bool indexed = clause.kind == ClauseKind::kToken || clause.kind == ClauseKind::kReference;
    const bool valued =
        std::ranges::all_of(clause.any_of, [](const Operand& o) { return o.value.has_value(); });
    if (clause.kind == ClauseKind::kId) return 0;
    if (!indexed || !valued) return 9;
    if (clause.param.ends_with("identifier")) return 1;
    return clause.kind == ClauseKind::kReference ? 2 : 3;
  };
  const auto best = std::ranges::min_element(query.all_of, {}, rank);
  return best == query.all_of.end() || rank(*best) == 9 ? nullptr : &*best;
}

class Writer {
 public:
  Writer(const Query& query, Names& names) : query_(&query), names_(&names) {}

  /// Writes `SELECT <what> FROM <driver> AS d WHERE ...`. False: nothing can match.
  Result<bool> write(const std::string& what, std::optional<std::int64_t> before) {
    LIGAMENT_TRY(const std::optional<std::int64_t> type, names_->find(query_->type));
    if (!type) return false;
    const Clause* driver = driver_of(*query_);
    const bool by_row = driver == nullptr || driver->kind == ClauseKind::kId;
    out_.text = "SELECT " + what + " FROM " + (by_row ? "resource" : table_of(driver->kind)) + " AS d WHERE ";
    if (by_row) out_.text += "d.type = " + value(*type);
    if (by_row && driver != nullptr) {
      LIGAMENT_CHECK(id_clause(*driver, "d"));
    } else if (!by_row) {
      LIGAMENT_TRY(const bool possible, driver_clause(*driver));
      if (!possible) return false;
    }
    if (before) out_.text += " AND d.key < " + value(*before);
    if (query_->audience) {
      LIGAMENT_TRY(const std::optional<std::int64_t> reader, names_->find("partner\n" + *query_->audience));
      if (!reader) return false;
      show(*reader, by_row);
    }
    for (const Clause& clause : query_->all_of) {
      if (&clause != driver) LIGAMENT_CHECK(probe(clause));
    }
    return true;
  }
  void add(const std::string& text) { out_.text += text; }
  std::string value(std::variant<std::int64_t, std::string> bound) {
    out_.values.push_back(std::move(bound));
    return "?" + std::to_string(out_.values.size());
  }
  [[nodiscard]] SearchText finish() { return std::move(out_); }

 private:
  /// Only what is shown to `reader`.
  void show(std::int64_t reader, bool by_row) {
    const std::string shown =
        ".audience IN (SELECT audience FROM audience_member WHERE partner = " + value(reader) + ")";
    out_.text += by_row ? " AND d" + shown
                        : " AND EXISTS (SELECT 1 FROM resource AS v WHERE v.key = d.key AND v" + shown + ")";
  }

  static const char* table_of(ClauseKind kind) {
    switch (kind) {
      case ClauseKind::kReference: return "reference_index";
      case ClauseKind::kString: return "string_index";
      case ClauseKind::kDate: return "date_index";
      default: return "token_index";
    }
  }

  std::string moment(Instant instant) { return value(std::int64_t{instant.time_since_epoch().count()}); }

  /// FHIR R4 3.1.1.4.5, as fhir::search::matches has it.
  std::string date_condition(const Operand& operand, const std::string& low, const std::string& high) {
    const std::string from = moment(operand.low);
    const std::string to = moment(operand.high);
    switch (operand.prefix) {
      case Prefix::kEq: return "(" + low + " >= " + from + " AND " + high + " <= " + to + ")";
      case Prefix::kNe: return "(" + low + " < " + from + " OR " + high + " > " + to + ")";
      case Prefix::kGt: return "(" + high + " > " + to + " AND " + from + " IS NOT NULL)";
      case Prefix::kLt: return "(" + low + " < " + from + " AND " + to + " IS NOT NULL)";
      case Prefix::kGe: return "(" + low + " >= " + from + " OR " + high + " > " + to + ")";
      case Prefix::kLe: return "(" + low + " < " + from + " OR " + high + " <= " + to + ")";
    }
    return "0";
  }

  Status id_clause(const Clause& clause, const std::string& row) {
    out_.text += " AND " + row + ".id IN (";
    for (std::size_t i = 0; i < clause.any_of.size(); ++i) {
      if (i > 0) out_.text += ", ";
      out_.text += value(clause.any_of[i].value.value_or(""));
    }
    out_.text += ")";
    return {};
  }

  /// Conditions on system and value of one operand, `0` for a system never stored.
  Result<std::string> token_condition(const Operand& operand, const std::string& row) {
    // The system first: a value that was bound must appear in the text.
    std::optional<std::int64_t> system;
    if (operand.system) {
      LIGAMENT_TRY(system, names_->find(*operand.system));
      if (!system) return std::string("0");
    }
    std::string condition = "(1";
    if (operand.value) condition += " AND " + row + ".value = " + value(*operand.value);
    if (system) condition += " AND " + row + ".system = " + value(*system);
    return condition + ")";
  }

  Result<std::string> condition(const Clause& clause, const Operand& operand, const std::string& row) {
    if (clause.kind == ClauseKind::kDate) return date_condition(operand, row + ".low", row + ".high");
    if (clause.kind == ClauseKind::kString) return row + ".value = " + value(operand.value.value_or(""));
    return token_condition(operand, row);
  }

  /// `AND row.param = ... AND (operand OR operand ...)`.
  Result<bool> index_conditions(const Clause& clause, const std::string& row) {
    LIGAMENT_TRY(const std::optional<std::int64_t> param, names_->find(query_->type + "." + clause.param));
    if (!param) return false;
    out_.text += row + ".param = " + value(*param) + " AND (";
    for (std::size_t i = 0; i < clause.any_of.size(); ++i) {
      if (i > 0) out_.text += " OR ";
      LIGAMENT_TRY(const std::string text, condition(clause, clause.any_of[i], row));
      out_.text += text;
    }
    out_.text += ")";
    return true;
  }

  Result<bool> driver_clause(const Clause& clause) { return index_conditions(clause, "d"); }

  Status probe(const Clause& clause) {
    if (clause.kind == ClauseKind::kId || clause.kind == ClauseKind::kLastUpdated) {
      out_.text += " AND EXISTS (SELECT 1 FROM resource AS r WHERE r.key = d.key";
      if (clause.kind == ClauseKind::kId) {
        LIGAMENT_CHECK(id_clause(clause, "r"));
      } else {
        out_.text += " AND (0";
        for (const Operand& operand : clause.any_of) {
          out_.text += " OR " + date_condition(operand, "r.updated_at", "r.updated_at + 1");
        }
        out_.text += ")";
      }
      out_.text += ")";
      return {};
    }
    const std::size_t start = out_.text.size();
    out_.text +=
        std::string(" AND EXISTS (SELECT 1 FROM ") + table_of(clause.kind) + " AS p WHERE p.key = d.key AND ";
    LIGAMENT_TRY(const bool possible, index_conditions(clause, "p"));
    if (possible) {
      out_.text += ")";
    } else {
      out_.text.resize(start);
      out_.text += " AND 0";
    }
    return {};
  }

  const Query* query_;
  Names* names_;
  SearchText out_;
};

}  // namespace

Result<std::optional<SearchText>> search_keys(const Query& query, Names& names, std::int64_t before,
                                              std::int64_t limit) {
  Writer writer(query, names);
  LIGAMENT_TRY(const bool possible, writer.write("DISTINCT d.key", before));
  if (!possible) return std::nullopt;
  writer.add(" ORDER BY d.key DESC LIMIT ");
  writer.add(writer.value(limit));
  return writer.finish();
}

Result<std::optional<SearchText>> search_total(const Query& query, Names& names) {
  Writer writer(query, names);
  LIGAMENT_TRY(const bool possible, writer.write("count(DISTINCT d.key)", std::nullopt));
  if (!possible) return std::nullopt;
  return writer.finish();
}

}  // namespace gateway::store_sqlite
