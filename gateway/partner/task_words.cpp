#include "gateway/partner/task_words.hpp"

#include <array>

#include "fhir/definitions/definitions.hpp"
#include "fhir/tree/resource_builder.hpp"
#include "gateway/referral/state.hpp"

namespace gateway::partner {
namespace {

using fhir::tree::Node;
using fhir::tree::ResourceBuilder;

constexpr std::string_view kOdsSystem = "https://fhir.nhs.uk/Id/ods-organization-code";

constexpr std::array<WordRow, kWordCount> kRows = {{
    {Word::kReceived, "received", "awaiting-triage"},
    {Word::kAccept, "accepted", "accepted"},
    {Word::kReject, "rejected", "rejected"},
    {Word::kRedirect, "rejected", "redirected"},
    {Word::kAdvice, "completed", "advice-returned"},
    {Word::kAskInformation, "", "awaiting-information"},
    {Word::kGiveInformation, "", ""},
    {Word::kOffer, "", "offered-onward"},
    {Word::kBook, "in-progress", "appointment-booked"},
    {Word::kAttended, "in-progress", "in-treatment"},
    {Word::kNotAttended, "", "did-not-attend"},
    {Word::kDischarge, "completed", "discharged"},
    {Word::kFail, "failed", "unable-to-complete"},
    {Word::kPriority, "", ""},
    {Word::kConfirm, "", "awaiting-hub"},
}};

class SpokenTask {
 public:
  SpokenTask(Node task, const Action& action, fhir::Instant now)
      : task_(task), action_(action), now_(now), builder_(fhir::definitions::r4(), "Task") {}

  fhir::tree::TreePtr build() {
    builder_.copy_children(task_, {"status", "businessStatus", "statusReason", "priority", "owner",
                                   "restriction", "executionPeriod", "lastModified"});
    const WordRow& said = row(*action_.word);
    builder_.set("status", said.status.empty() ? task_.child("status").text() : said.status);
    add_business_status(said.business_status);
    add_reason();
    builder_.set("priority", action_.priority.empty() ? task_.child("priority").text()
                                                      : std::string_view(action_.priority));
    builder_.set("lastModified", fhir::to_text(now_));
    add_owner();
    add_times();
    add_words();
    return builder_.finish();
  }

 private:
  void add_business_status(std::string_view code) {
    if (code.empty()) {
      builder_.copy("businessStatus", task_.child("businessStatus"));
      return;
    }
    builder_.open("businessStatus").open("coding");
    builder_.set("system", referral::kBusinessStatusSystem).set("code", code).close().close();
  }

  void add_reason() {
    const CodedReason& reason = action_.reason;
    if (reason.code.empty()) {
      builder_.copy("statusReason", task_.child("statusReason"));
      return;
    }
    builder_.open("statusReason").open("coding").set("system", referral::kReasonSystem);
    builder_.set("code", reason.code).set("display", reason.display).close().set("text", reason.text).close();
  }

  void add_owner() {
    if (!action_.destination) {
      builder_.copy("owner", task_.child("owner"));
      return;
    }
    builder_.open("owner").set("type", "Organization").open("identifier");
    builder_.set("system", kOdsSystem).set("value", action_.destination->ods).close();
    builder_.set("display", action_.destination->name).close();
  }

  void add_times() {
    if (action_.by) {
      builder_.open("restriction").copy_children(task_.child("restriction"), {"period"});
      builder_.open("period").set("end", fhir::to_text(now_ + *action_.by)).close().close();
    } else {
      builder_.copy("restriction", task_.child("restriction"));
    }
    if (action_.starts) {
      const fhir::Instant start = now_ + *action_.starts;
      builder_.open("executionPeriod").set("start", fhir::to_text(start));
      builder_.set("end", fhir::to_text(start + action_.lasts)).close();
    } else {
      builder_.copy("executionPeriod", task_.child("executionPeriod"));
    }
  }

  void add_words() {
    if (action_.word == Word::kGiveInformation) {
      builder_.open("input").open("type").set("text", "answer").close();
      builder_.set("valueString", action_.say).close();
      return;
    }
    const Person& person = action_.decided_by;
    if (action_.say.empty() && person.name.empty()) return;
    std::string author = person.name;
    if (!person.role.empty()) author.append(", ").append(person.role);
    builder_.open("note").set("authorString", author).set("time", fhir::to_text(now_));
    builder_.set("text", action_.say.empty() ? std::string_view(to_text(*action_.word)) : action_.say)
        .close();
  }

  Node task_;
  const Action& action_;
  fhir::Instant now_;
  ResourceBuilder builder_;
};

}  // namespace

const WordRow& row(Word word) noexcept {
  return kRows[static_cast<std::size_t>(word)];
}

fhir::tree::TreePtr with_word(Node task, const Action& action, fhir::Instant now) {
  return SpokenTask(task, action, now).build();
}

}  // namespace gateway::partner
