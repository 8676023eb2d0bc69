#include "tests/simulation/v2_draft.hpp"

namespace tests::simulation {
namespace {

std::string digits(fhir::Random& random, int count) {
  std::string text;
  for (int i = 0; i < count; ++i)
    text.push_back(static_cast<char>('0' + random.below(10)));
  return text;
}

/// MSH-7: 20261122095900.
std::string v2_time(fhir::Instant at) {
  std::string text;
  for (const char c : fhir::to_text(at).substr(0, 19)) {
    if (c >= '0' && c <= '9') text.push_back(c);
  }
  return text;
}

std::string header(const Sent& sent, const char* event, fhir::Instant at) {
  const std::string ods = sent.partner == kSecondGp ? "99S02" : "99S01";
  return "MSH|^~\\&|GPSYSTEM|" + ods + "|LIGAMENT|99S00|" + v2_time(at) + "||REF^" + event + "^REF_I12|" +
         sent.bundle_id + "|T|2.4\r";
}

const char* narrative(Kind kind) {
  return kind == Kind::kRedFlag ? "Back pain, now saddle numbness and urinary retention."
                                : "Right knee pain for six months, worse on stairs.";
}

}  // namespace

Sent v2_referral(Kind kind, const std::string& partner, fhir::Instant at, fhir::Random& random, bool valid) {
  Sent sent;
  sent.v2 = true;
  if (!valid) sent.act = Act::kInvalidReferral;
  sent.partner = partner;
  sent.red_flag = kind == Kind::kRedFlag;
  sent.turned_away = kind == Kind::kUnderSixteen;
  sent.bundle_id = "V" + digits(random, 10);
  sent.ubrn = "998" + digits(random, 9);
  const std::string ods = partner == kSecondGp ? "99S02" : "99S01";
  sent.body = header(sent, "I12", at) + "RF1|P|R|||C|" + sent.ubrn + "||||M25.5^Knee pain^I10\r" +
              "PRD|RP|Trevithick^Anne^^^Dr|1 High Street^^Lewes^^BN7 1AA^GBR|^^^" + ods +
              "||||G9990001^GMP\rPID|1||" + nhs_number(random, valid) + "^^^NHS^NH||Invented^Wenna||" +
              (sent.turned_away ? "20150409" : "19610409") + "|F|||2 The Lane^^Lewes^^BN7 2AA^GBR\r" +
              "OBX|1|TX|||" + narrative(kind) + '\r';
  return sent;
}

Sent v2_later(const Sent& earlier, Act act, fhir::Instant at, fhir::Random& random) {
  Sent sent = earlier;
  sent.act = act == Act::kOtherBody ? Act::kRepeat : act;
  sent.about = earlier.number;
  sent.attempts = 0;
  sent.bundle_id = "V" + digits(random, 10);
  const std::string rest = earlier.body.substr(earlier.body.find('\r') + 1);
  const char* event = act == Act::kUpdate ? "I13" : act == Act::kCancel ? "I14" : "I12";
  sent.body = header(sent, event, at) + rest;
  if (sent.act != Act::kRepeat) sent.body += "NTE|1||Telephone first, " + digits(random, 6) + ".\r";
  return sent;
}

int v2_status(const Sent& sent, std::string_view acknowledgement) {
  const std::size_t at = acknowledgement.find("\rMSA|");
  if (at == std::string_view::npos) return 0;
  const std::string_view said = acknowledgement.substr(at + 5);
  if (said.substr(3, sent.bundle_id.size() + 1) != sent.bundle_id + "\r") return 0;
  if (said.starts_with("AA")) return 200;
  return said.starts_with("AR") && said.find("207") != std::string_view::npos ? 503 : 422;
}

}  // namespace tests::simulation
