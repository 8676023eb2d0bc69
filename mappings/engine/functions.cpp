#include "mappings/engine/functions.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <optional>

namespace mappings::engine {
namespace {

using Texts = std::span<const std::string_view>;

Answer given(bool done) {
  return done ? Answer::kValue : Answer::kFail;
}

Answer to_date(Texts texts, FunctionSurroundings& /*around*/, std::string& out) {
  return given(v2_to_date(texts[0], out));
}

/// The zone of the run, or the one given as argument.
template <bool (*kConvert)(std::string_view, LocalTime&, std::string&)>
Answer zoned(Texts texts, FunctionSurroundings& around, std::string& out) {
  if (texts.size() == 1 || texts[1] == around.zone.name()) return given(kConvert(texts[0], around.zone, out));
  LocalTime other(texts[1]);
  return given(kConvert(texts[0], other, out));
}

Answer to_time(Texts texts, FunctionSurroundings& /*around*/, std::string& out) {
  return given(v2_to_time(texts[0], out));
}

/// As it is, or as a clock in the zone shows it.
Answer from_date_time(Texts texts, FunctionSurroundings& around, std::string& out) {
  if (texts.size() == 1) return given(date_time_to_v2(texts[0], out));
  if (texts[1] == around.zone.name()) return given(date_time_to_v2(texts[0], around.zone, out));
  LocalTime other(texts[1]);
  return given(date_time_to_v2(texts[0], other, out));
}

Answer id(Texts texts, FunctionSurroundings& around, std::string& out) {
  if (around.ids == nullptr) return Answer::kFail;
  std::array<std::string_view, 10> parts{"id"};
  std::copy(texts.begin(), texts.end(), parts.begin() + 1);
  out.append(around.ids->id(std::span(parts).first(texts.size() + 1)));
  return Answer::kValue;
}

Answer lookup(Texts texts, FunctionSurroundings& around, std::string& out) {
  if (around.lookup == nullptr) return Answer::kFail;
  const auto found = around.lookup->find(texts[0], texts.size() > 1 ? texts[1] : std::string_view());
  if (!found) return Answer::kEmpty;
  out.append(*found);
  return Answer::kValue;
}

/// The ten digits when they pass modulus 11 (NHS Data Dictionary, NHS NUMBER), else empty.
Answer nhs_number(Texts texts, FunctionSurroundings& /*around*/, std::string& out) {
  std::string digits;
  for (const char c : texts[0]) {
    if (c == ' ' || c == '-') continue;
    if (c < '0' || c > '9' || digits.size() == 10) return Answer::kEmpty;
    digits.push_back(c);
  }
  if (digits.size() != 10) return Answer::kEmpty;
  int sum = 0;
  for (std::size_t i = 0; i < 9; ++i)
    sum += (digits[i] - '0') * static_cast<int>(10 - i);
  const int check = (11 - sum % 11) % 11;
  if (check != digits[9] - '0') return Answer::kEmpty;
  out.append(digits);
  return Answer::kValue;
}

/// Plain text as a narrative div, line feeds as breaks.
Answer xhtml(Texts texts, FunctionSurroundings& /*around*/, std::string& out) {
  out.append("<div xmlns=\"http://www.w3.org/1999/xhtml\">");
  for (const char c : texts[0]) {
    switch (c) {
      case '&': out.append("&amp;"); break;
      case '<': out.append("&lt;"); break;
      case '>': out.append("&gt;"); break;
      case '\n': out.append("<br/>"); break;
      case '\r': break;
      default: out.push_back(c);
    }
  }
  out.append("</div>");
  return Answer::kValue;
}

constexpr std::array kFunctions = {
    FastFunction{"v2Date", 0, 0, true, "date", to_date},
    FastFunction{"v2DateTime", 0, 1, true, "dateTime", zoned<v2_to_date_time>},
    FastFunction{"v2Instant", 0, 1, true, "instant", zoned<v2_to_instant>},
    FastFunction{"v2Time", 0, 0, true, "time", to_time},
    FastFunction{"v2FromDateTime", 0, 1, true, "string", from_date_time},
    FastFunction{"lgId", 1, 8, false, "string", id},
    FastFunction{"lgLookup", 1, 2, false, "string", lookup},
    FastFunction{"lgNhsNumber", 0, 0, true, "string", nhs_number},
    FastFunction{"lgXhtml", 0, 0, true, "xhtml", xhtml},
};

bool push_typed(fhir::path::Call& call, const FastFunction& function, std::string text) {
  using fhir::path::Temporal;
  std::optional<Temporal> moment;
  if (function.type == "date") moment = Temporal::parse_date(text);
  if (function.type == "dateTime" || function.type == "instant") moment = Temporal::parse_date_time(text);
  if (function.type == "time") moment = Temporal::parse_time(text);
  if (moment) return call.push(fhir::path::Value(*moment));
  return call.push_string(std::move(text));
}

bool call_function(fhir::path::Call& call, const FastFunction& function) {
  std::array<std::optional<std::string>, 9> held;
  std::array<std::string_view, 9> texts;
  std::size_t count = 0;
  if (function.has_input) {
    if (!call.string_input(held[0])) return false;
    if (!held[0]) return true;
    texts[count++] = *held[0];
  }
  for (std::size_t i = 0; i < call.argument_count(); ++i) {
    if (!call.string_argument(i, held[count])) return false;
    if (!held[count]) return true;
    texts[count] = *held[count];
    ++count;
  }
  auto* around = static_cast<FunctionSurroundings*>(call.run.context().surroundings);
  if (around == nullptr) return call.fail("it is known to maps only");
  std::string out;
  switch (function.call({texts.data(), count}, *around, out)) {
    case Answer::kEmpty: return true;
    case Answer::kFail: return call.fail("the value is none it can convert");
    case Answer::kValue: break;
  }
  return push_typed(call, function, std::move(out));
}

template <std::size_t kIndex>
bool path_call(fhir::path::Call& call) {
  return call_function(call, kFunctions[kIndex]);
}

template <std::size_t... kIndex>
constexpr auto path_rows(std::index_sequence<kIndex...> /*indices*/) {
  return std::array{fhir::path::FunctionRow{kFunctions[kIndex].name, kFunctions[kIndex].min_arguments,
                                            kFunctions[kIndex].max_arguments, path_call<kIndex>}...};
}

constexpr auto kPathRows = path_rows(std::make_index_sequence<kFunctions.size()>{});

}  // namespace

const FastFunction* find_fast_function(std::string_view name) noexcept {
  const auto* found = std::find_if(kFunctions.begin(), kFunctions.end(),
                                   [name](const FastFunction& row) { return row.name == name; });
  return found == kFunctions.end() ? nullptr : &*found;
}

std::span<const fhir::path::FunctionRow> path_functions() {
  return kPathRows;
}

}  // namespace mappings::engine
