// How fast HL7 v2 becomes trees and trees HL7 v2: an invented referral of about 3 KB, a short demographics
// update, and a letter with a document of 256 KB, one thread.
//
//   hl7v2_bench [ROUNDS]
//
// Prints one line of JSON for each measure: bytes of the message, its nodes, the median and best time of one
// message in microseconds of processor time, and 10^6 bytes a second of the median.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <time.h>
#include <vector>

#include "mappings/hl7v2/read.hpp"
#include "mappings/hl7v2/write.hpp"

namespace {

constexpr int kBatch = 100;  // messages between two looks at the clock

double now() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

template <class Work>
void measure(const char* name, const std::string& message, int rounds, int batch, Work work) {
  std::vector<double> micros;
  for (int round = 0; round < rounds; ++round) {
    const double start = now();
    for (int i = 0; i < batch; ++i)
      work();
    micros.push_back((now() - start) * 1e6 / batch);
  }
  std::sort(micros.begin(), micros.end());
  const double mid = micros[micros.size() / 2];
  std::printf(
      "{\"measure\":\"%s\",\"bytes\":%zu,\"nodes\":%zu,\"p50_us\":%.2f,\"best_us\":%.2f,\"mb_per_s\":%.0f}\n",
      name, message.size(), mappings::hl7v2::read(message).tree->node_count(), mid, micros.front(),
      static_cast<double>(message.size()) / mid);
}

std::string referral() {
  std::string text =
      "MSH|^~\\&|GPSYS^2.16.840.1.113883.2.1.3^ISO|A81001|LIGAMENT|RXX01|20261122091500||REF^I12^REF_I12|"
      "GP000123456|P|2.4|||AL|NE|GBR|UNICODE UTF-8\r"
      "RF1|A^Accepted^HL70283|R^Routine^HL70280|MSK^Musculoskeletal^HL70281|WR^Send written "
      "report^HL70282|O^Outpatient^HL70284|REF-2026-004711^GPSYS|20261122||20261122|M17.1^Unilateral primary "
      "gonarthrosis^I10|UBRN-000049391001^ERS|||Knee pain for nine months with locking\r"
      "PRD|RP^Referring provider^HL70286|Okafor^Ngozi^A^^Dr|1 Station Road^^Lewes^East Sussex^BN7 "
      "2XX^GBR^B||01273 000001^WPN^PH^ngozi.okafor@example.nhs.uk||G9999998^GMP|20150101||Station Road "
      "Surgery^L^A81001\r"
      "CTD|PR^Primary contact^HL70131|Barker^Elaine^^^Mrs|1 Station Road^^Lewes^East Sussex^BN7 2XX||01273 "
      "000002^WPN^PH\r"
      "PRD|RT^Referred to provider^HL70286|MSK Single Point of Access|||01273 000003^WPN^PH||RXX01^ODS\r"
      "PID|1||9990000018^^^NHS^NH~H123456^^^RXX01^MR||Testperson^Alice^Mary^^Mrs^^L~Formerly^Alice^^^^^M||"
      "19610412|F|||12 Invented Close^Flat 2^Lewes^East Sussex^BN7 1ZZ^GBR^H||01273 000004^PRN^PH~07700 "
      "900123^PRS^CP~^NET^X.400^alice@example.org||EN^English^HL70296|M^Married^HL70002|C1^Christian^HL70006|"
      "|||A^British^NHS||||||||N|||NSTS01\r"
      "PD1|||Station Road Surgery^^A81001|G9999998^Okafor^Ngozi^^^Dr^^^GMP\r"
      "NK1|1|Testperson^Robert^^^Mr|SPO^Spouse^HL70063|12 Invented Close^Flat 2^Lewes^East Sussex^BN7 "
      "1ZZ|01273 000005^PRN^PH\r"
      "DG1|1|I10|M17.1^Unilateral primary gonarthrosis^I10|Osteoarthritis of the right "
      "knee|20260201|W||||||||||G9999998^Okafor^Ngozi\r"
      "AL1|1|DA^Drug allergy^HL70127|PEN^Penicillin^L|MO^Moderate^HL70128|Rash|19900101\r"
      "OBR|1||GP-OBS-1^GPSYS|24627-2^Knee X-ray^LN|||20261010103000||||||||^^^Right "
      "knee|G9999998^Okafor^Ngozi||||||20261011||RAD|F\r"
      "NTE|1|L|Weight bearing views; moderate medial joint space narrowing.\r"
      "OBX|1|NM|29463-7^Body weight^LN||82.5|kg^^UCUM|||||F|||20261101\r"
      "OBX|2|NM|8302-2^Body height^LN||168|cm^^UCUM|||||F|||20261101\r"
      "OBX|3|CWE|72514-3^Pain severity^LN||7^Seven of ten^L||||||F|||20261120\r"
      "OBX|4|FT|11488-4^Consultation note^LN||History\\.br\\Nine months of pain in the right knee, worse on "
      "stairs.\\.br\\Examination\\.br\\Range 5\\T\\110 degrees, crepitus, stable ligaments; no effusion, no "
      "neurology.\\.br\\Tried: exercise \\T\\ analgesia for three months.||||||F|||20261120\r"
      "PV1|1|O|CLINIC^^^RXX01||||G9999998^Okafor^Ngozi^^^Dr|||110|||||||||V-2026-778^^^RXX01^VN\r"
      "NTE|1|P|Prefers mornings; needs step-free access. Interpreter not needed.\r";
  return text;
}

std::string demographics() {
  return "MSH|^~\\&|PAS|RXX01|LIGAMENT|RXX01|20261122091500||ADT^A31^ADT_A05|P0001|P|2.4|||AL|NE\r"
         "EVN|A31|20261122091500||||20261122091400\r"
         "PID|1||9990000018^^^NHS~H123456^^^RXX01^MR||TESTPERSON^ALICE^^^MRS||19610412|F|||12 INVENTED "
         "CLOSE^^LEWES^^BN7 1ZZ||01273 000004\r"
         "PD1|||STATION ROAD SURGERY^^A81001|G9999998^OKAFOR^N\r"
         "PV1|1|O\rZU1|||||||||||||\"\"|20261122\r";
}

std::string letter() {
  return "MSH|^~\\&|PAS|RXX01|LIGAMENT|RXX01|20261122091500||MDM^T02^MDM_T02|L0001|P|2.5\r"
         "EVN|T02|20261122091500\rPID|1||9990000018^^^NHS\rPV1|1|O\rTXA|1|CN|AP|20261122|||||||D0001||||||"
         "AU\r"
         "OBX|1|ED|PDF^Letter^L||^application^pdf^Base64^" +
         std::string(256u << 10u, 'Q') + "||||||F\r";
}

void run(const char* name, const std::string& message, int rounds, int batch) {
  measure((std::string("read ") + name).c_str(), message, rounds, batch,
          [&] { return mappings::hl7v2::read(message).tree->node_count(); });
  const fhir::tree::TreePtr tree = mappings::hl7v2::read(message).tree;
  measure((std::string("write ") + name).c_str(), message, rounds, batch,
          [&] { return mappings::hl7v2::write(tree->root()).size(); });
}

}  // namespace

int main(int argc, char** argv) {
  const int rounds = argc > 1 ? std::max(1, std::atoi(argv[1])) : 200;
  run("referral", referral(), rounds, kBatch);
  run("demographics", demographics(), rounds, kBatch);
  run("letter", letter(), rounds, 10);
}
