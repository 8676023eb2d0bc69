#include "gateway/intake/referral_memory.hpp"

#include <algorithm>
#include <charconv>
#include <concepts>
#include <optional>
#include <type_traits>
#include <vector>

namespace gateway::intake {

namespace {

using referral::DeadlineKind;
using referral::Organisation;
using referral::PartyRole;
using referral::Priority;
using referral::ReferralState;
using referral::State;
using referral::Withdrawal;

/// Every member, in a fixed order. The binding counts them: a new member of the state does not compile here
/// until it is kept too.
template <class StateType, class Visitor>
void visit_state(StateType& value, Visitor& visit) {
  auto& [state, resume, priority, red_flag, hub_acknowledged, started, abort_pending, deceased, attended,
         advice, convertible, withdrawal, referrer, hub, provider, offered_to, holder, owner, deadline_kind,
         deadline, deadline_rule, resume_deadline_kind, resume_deadline, resume_deadline_rule, version,
         request_version, hops, bounces, missed_deadlines, last_request_event, last_appointment_event] =
      value;
  visit("state", state);
  visit("resume", resume);
  visit("priority", priority);
  visit("red-flag", red_flag);
  visit("hub-acknowledged", hub_acknowledged);
  visit("started", started);
  visit("abort-pending", abort_pending);
  visit("deceased", deceased);
  visit("attended", attended);
  visit("advice", advice);
  visit("convertible", convertible);
  visit("withdrawal", withdrawal);
  visit("referrer", referrer.ods);
  visit("referrer-name", referrer.name);
  visit("hub", hub.ods);
  visit("hub-name", hub.name);
  visit("provider", provider.ods);
  visit("provider-name", provider.name);
  visit("offered-to", offered_to.ods);
  visit("offered-to-name", offered_to.name);
  visit("holder", holder);
  visit("owner", owner);
  visit("deadline-kind", deadline_kind);
  visit("deadline", deadline);
  visit("deadline-rule", deadline_rule);
  visit("resume-deadline-kind", resume_deadline_kind);
  visit("resume-deadline", resume_deadline);
  visit("resume-deadline-rule", resume_deadline_rule);
  visit("version", version);
  visit("request-version", request_version);
  visit("hops", hops);
  visit("bounces", bounces);
  visit("missed-deadlines", missed_deadlines);
  visit("last-request-event", last_request_event);
  visit("last-appointment-event", last_appointment_event);
}

template <class MemoryType, class Visitor>
void visit_memory(MemoryType& memory, Visitor& visit) {
  visit_state(memory.state, visit);
  visit("patient", memory.patient_id);
  visit("request-bundle", memory.request_bundle);
  visit("source-endpoint", memory.source_endpoint);
  visit("bars-version", memory.version);
  visit("author-version", memory.author_version);
  visit("contact", memory.contact);
  visit("abort-task", memory.abort_task);
  visit("child-task", memory.child_task);
  visit("request-sent", memory.request_sent);
  visit("author-message", memory.author_message);
  visit("practice", memory.practice_ods);
  visit("chosen", memory.chosen_ods);
  visit("beside-choice", memory.beside_choice);
  visit("week", memory.week);
  visit("triage-routine", memory.triage.routine);
  visit("triage-urgent", memory.triage.urgent);
  visit("offer-routine", memory.offer.routine);
  visit("offer-urgent", memory.offer.urgent);
}

class Writer {
 public:
  std::string text;

  void operator()(std::string_view name, const std::string& value) { line(name, value); }
  void operator()(std::string_view name, bool value) { line(name, value ? "1" : "0"); }
  template <std::unsigned_integral Int>
  void operator()(std::string_view name, Int value) {
    line(name, std::to_string(value));
  }
  void operator()(std::string_view name, State value) { line(name, referral::to_text(value)); }
  void operator()(std::string_view name, PartyRole value) { line(name, referral::to_text(value)); }
  void operator()(std::string_view name, DeadlineKind value) { line(name, referral::to_text(value)); }
  void operator()(std::string_view name, Priority value) { line(name, referral::to_code(value)); }
  void operator()(std::string_view name, Withdrawal value) {
    line(name, value == Withdrawal::kRevoked ? "revoked" : "entered-in-error");
  }
  void operator()(std::string_view name, fhir::Instant value) {
    line(name, std::to_string(value.time_since_epoch().count()));
  }
  void operator()(std::string_view name, const std::optional<fhir::Instant>& value) {
    if (value) (*this)(name, *value);
  }
  void operator()(std::string_view name, const config::Term& value) {
    if (!value.empty()) line(name, config::to_text(value));
  }
  void operator()(std::string_view name, store::MessageSeq value) {
    line(name, std::to_string(value.value()));
  }

 private:
  void line(std::string_view name, std::string_view value) {
    if (value.empty()) return;
    text.append(name).append("=");
    for (const char c : value) {
      if (c == '\\') {
        text += "\\\\";
      } else if (c == '\n') {
        text += "\\n";
      } else {
        text += c;
      }
    }
    text += '\n';
  }
};

/// Cuts the text into its lines once. A name is looked for from the line that was found before on, so that
/// lines in the order they are written in cost two comparisons each.
class Reader {
 public:
  explicit Reader(std::string_view text) {
    lines_.reserve(kUsualLines);
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t end = std::min(text.find('\n', at), text.size());
      const std::string_view line = text.substr(at, end - at);
      if (const std::size_t equals = line.find('='); equals != std::string_view::npos)
        lines_.push_back({line.substr(0, equals), line.substr(equals + 1)});
      at = end + 1;
    }
  }
  bool wrong = false;

  void operator()(std::string_view name, std::string& value) { value = unescaped(find(name)); }
  void operator()(std::string_view name, bool& value) { value = find(name) == "1"; }
  template <std::integral Int>
  void operator()(std::string_view name, Int& value) {
    const std::string_view found = find(name);
    const auto [end, error] = std::from_chars(found.data(), found.data() + found.size(), value);
    wrong |= error != std::errc() || end != found.data() + found.size();
  }
  void operator()(std::string_view name, State& value) { take(value, referral::parse_state(find(name))); }
  void operator()(std::string_view name, PartyRole& value) {
    take(value, referral::parse_party_role(find(name)));
  }
  void operator()(std::string_view name, DeadlineKind& value) {
    take(value, referral::parse_deadline_kind(find(name)));
  }
  void operator()(std::string_view name, Priority& value) {
    take(value, referral::parse_priority(find(name)));
  }
  void operator()(std::string_view name, Withdrawal& value) {
    value = find(name) == "revoked" ? Withdrawal::kRevoked : Withdrawal::kEnteredInError;
  }
  void operator()(std::string_view name, fhir::Instant& value) {
    std::int64_t count = 0;
    (*this)(name, count);
    value = fhir::Instant(std::chrono::microseconds(count));
  }
  void operator()(std::string_view name, std::optional<fhir::Instant>& value) {
    value.reset();
    if (find(name).empty()) return;
    (*this)(name, value.emplace());
  }
  void operator()(std::string_view name, config::Term& value) {
    value = {};
    const std::string_view text = find(name);
    if (text.empty()) return;
    std::int64_t seconds = 0;  // as it was written before there were working days
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
    if (error == std::errc() && end == text.data() + text.size()) {
      value = std::chrono::seconds(seconds);
      return;
    }
    take(value, config::parse_term(text));
  }
  void operator()(std::string_view name, store::MessageSeq& value) {
    std::int64_t count = 0;
    (*this)(name, count);
    value = store::MessageSeq(count);
  }

 private:
  template <class Value>
  void take(Value& value, const std::optional<Value>& found) {
    wrong |= !found.has_value();
    if (found) value = *found;
  }

  /// As it is written; empty when there is no such line, because no empty value is written.
  [[nodiscard]] std::string_view find(std::string_view name) {
    const auto named = [name](const Line& line) { return line.name == name; };
    const auto from = lines_.begin() + static_cast<std::ptrdiff_t>(last_);
    auto found = std::find_if(from, lines_.end(), named);
    if (found == lines_.end()) {
      found = std::find_if(lines_.begin(), from, named);
      if (found == from) return {};
    }
    last_ = static_cast<std::size_t>(found - lines_.begin());
    return found->value;
  }

  static std::string unescaped(std::string_view written) {
    if (written.find('\\') == std::string_view::npos) return std::string(written);
    std::string value;
    for (std::size_t at = 0; at < written.size(); ++at) {
      const bool escape = written[at] == '\\' && at + 1 < written.size();
      if (escape) ++at;
      value += escape && written[at] == 'n' ? '\n' : written[at];
    }
    return value;
  }

  static constexpr std::size_t kUsualLines = 48;
  struct Line {
    std::string_view name;
    std::string_view value;
  };
  std::vector<Line> lines_;
  std::size_t last_ = 0;
};

}  // namespace

referral::Deadlines own_deadlines(const ReferralMemory& memory, referral::Deadlines configured) {
  const auto set = [&](DeadlineKind kind, const OwnLimit& limit) {
    if (!limit.routine.empty() && !limit.urgent.empty())
      configured.set(kind, {limit.routine, limit.urgent, limit.urgent, limit.urgent});
  };
  set(DeadlineKind::kTriageDecision, memory.triage);
  set(DeadlineKind::kNextStepOffered, memory.offer);
  if (!memory.week.empty()) configured.week = services::parse_week(memory.week).value_or(services::Week());
  return configured;
}

bool against_choice(const ReferralMemory& memory, const referral::Event& event) {
  const bool moves =
      event.kind == referral::EventKind::kAccept || event.kind == referral::EventKind::kOnwardLeg;
  if (memory.chosen_ods.empty() || !moves || !event.destination || event.destination->ods.empty())
    return false;
  const std::string& to = event.destination->ods;
  const std::string beside = ' ' + memory.beside_choice + ' ';
  return to != memory.chosen_ods && to != memory.state.hub.ods &&
         beside.find(' ' + to + ' ') == std::string::npos;
}

std::string to_text(const ReferralMemory& memory) {
  Writer writer;
  writer.text.reserve(1024);
  visit_memory(memory, writer);
  return std::move(writer.text);
}

fhir::Result<ReferralMemory> parse_memory(std::string_view text) {
  ReferralMemory memory;
  Reader reader(text);
  visit_memory(memory, reader);
  if (reader.wrong) return fhir::fail(fhir::ErrorCode::kCorrupt, "the memory of a referral cannot be read");
  return memory;
}

void fill_row(store::ReferralRow& row, const ReferralMemory& memory) {
  const ReferralState& state = memory.state;
  row.state = referral::to_text(state.state);
  row.open = referral::is_open(state);
  row.task_version = state.version;
  const auto ods_of = [&](PartyRole role) {
    const Organisation* party = referral::organisation(state, role);
    return party == nullptr ? std::string() : party->ods;
  };
  row.holder_ods = ods_of(state.holder);
  row.owner_ods = ods_of(state.owner);
  row.owner_role = referral::to_text(state.owner);
  row.deadline.reset();
  if (state.deadline_kind != DeadlineKind::kNone) {
    row.deadline =
        store::ReferralDeadline{state.deadline, std::string(referral::to_text(state.deadline_kind)),
                                std::string(referral::to_text(referral::deadline_owner(state)))};
  }
  row.priority = referral::to_code(state.priority);
  const auto set = [&](std::uint32_t bit, bool on) { row.flags = on ? row.flags | bit : row.flags & ~bit; };
  set(store::kRedFlag, state.red_flag);
  set(store::kHeldForReview, state.state == State::kQuarantined);
  row.memory = to_text(memory);
}

}  // namespace gateway::intake
