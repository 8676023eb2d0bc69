#include <string>

#include "gateway/referral/transition_table.hpp"

namespace gateway::referral {
namespace {

std::string cell(std::string_view text) {
  return text.empty() ? "-" : std::string(text);
}

void append_row(std::string& out, std::initializer_list<std::string> cells) {
  for (const std::string& text : cells)
    out.append("| ").append(text).append(" ");
  out.append("|\n");
}

std::string states_in(StateSet set) {
  std::string text;
  const auto add = [&](std::string_view name) { text.append(text.empty() ? "" : ", ").append(name); };
  StateSet open = 0;
  for (const State state : all_states()) {
    if (traits(state).open) open |= bit(state);
  }
  if ((set & open) == open) {
    add("any open");
    set &= ~(open | kAcceptedAgain);
  }
  for (const State state : all_states()) {
    if ((set & bit(state)) != 0) add(to_text(state));
  }
  if ((set & kAcceptedAgain) != 0) add("accepted after work began");
  return text;
}

std::string who_may(std::uint16_t who) {
  if (who == kAnyone) return "anyone concerned";
  static constexpr std::pair<Standing, std::string_view> kNames[] = {
      {kAuthor, "author"},           {kHubOfIt, "hub"},
      {kProviderOfIt, "provider"},   {kOfferedIt, "offered provider"},
      {kAskedParty, "asked party"},  {kPasOfIt, "PAS"},
      {kReviewerOnDuty, "reviewer"}, {kRotaOnDuty, "rota"},
      {kGateway, "gateway"},         {kHolderOfIt, "holder"}};
  std::string text;
  for (const auto& [standing, name] : kNames) {
    if ((who & standing) != 0) text.append(text.empty() ? "" : ", ").append(name);
  }
  return text;
}

std::string leads_to(const TransitionRow& row) {
  switch (row.target) {
    case Target::kStay: return "unchanged";
    case Target::kMove: return std::string(to_text(row.to));
    case Target::kPause: return "awaiting_information";
    case Target::kResume: return "as before the question";
    case Target::kHubOrQueue: return "received, or at_hub once acknowledged";
    case Target::kUnbook: return "accepted, or in_treatment once seen";
    case Target::kAttend: return "in_treatment or discharged";
  }
  return "-";
}

}  // namespace

std::string print_transition_table() {
  std::string out =
      "| state | Task.status | businessStatus | holder | next deadline |\n|---|---|---|---|---|\n";
  for (const State state : all_states()) {
    const StateTraits& row = traits(state);
    append_row(out, {std::string(row.name), std::string(row.task_status), std::string(row.business_status),
                     std::string(to_text(row.holder)),
                     row.deadline == DeadlineKind::kNone ? "-" : std::string(to_text(row.deadline))});
  }
  out.append(
      "\n| event | allowed in | from whom | leads to | effect | GP told |\n|---|---|---|---|---|---|\n");
  for (const TransitionRow& row : transition_rows()) {
    append_row(out, {std::string(to_text(row.event)), states_in(row.in), who_may(row.who), leads_to(row),
                     cell(row.effect), row.gp ? std::string(to_code(*row.gp)) : "-"});
  }
  out.append(
      "\nAn event without a row for the present state is recorded as ignored; these are refused instead: ");
  bool first = true;
  for (const EventKind kind : all_events()) {
    if (misplaced(kind) != Misplaced::kRefuse) continue;
    out.append(first ? "" : ", ").append(to_text(kind));
    first = false;
  }
  out.append(".\n");
  return out;
}

}  // namespace gateway::referral
