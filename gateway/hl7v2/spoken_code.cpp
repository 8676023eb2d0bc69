#include "gateway/hl7v2/spoken_code.hpp"

#include <string_view>

namespace gateway::hl7v2 {
namespace {

using mappings::hl7v2::AckCode;

bool wants(std::string_view mode, Fate fate) {
  if (mode == "AL") return true;
  if (mode == "ER") return fate != Fate::kAccepted;
  if (mode == "SU") return fate == Fate::kAccepted;
  return false;
}

AckCode application_code(Fate fate) {
  switch (fate) {
    case Fate::kAccepted: return AckCode::kAA;
    case Fate::kError: return AckCode::kAE;
    case Fate::kRejected: return AckCode::kAR;
  }
  return AckCode::kAE;
}

AckCode accept_code(Fate fate) {
  switch (fate) {
    case Fate::kAccepted: return AckCode::kCA;
    case Fate::kError: return AckCode::kCE;
    case Fate::kRejected: return AckCode::kCR;
  }
  return AckCode::kCE;
}

}  // namespace

bool is_acknowledgement(const mappings::hl7v2::Header& header) noexcept {
  return header.type == "ACK" || header.type == "MCF";
}

Spoken spoken(const mappings::hl7v2::Header& header, Fate fate, bool has_address) {
  if (is_acknowledgement(header)) return {};
  if (!header.is_enhanced()) return {application_code(fate), std::nullopt};
  Spoken said;
  if (wants(header.accept_mode, fate)) said.now = accept_code(fate);
  if (!wants(header.application_mode, fate)) return said;
  if (!said.now && !has_address) {
    said.now = application_code(fate);
  } else if (has_address && (!said.now || fate == Fate::kAccepted)) {
    said.later = application_code(fate);
  }
  return said;
}

}  // namespace gateway::hl7v2
