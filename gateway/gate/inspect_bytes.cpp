#include <algorithm>
#include <string>

#include "gateway/gate/findings.hpp"
#include "gateway/gate/gate.hpp"
#include "gateway/gate/loose_text.hpp"
#include "gateway/gate/text_scan.hpp"

namespace gateway::gate {

namespace {

constexpr std::size_t kShortestBase64 = 48;

/// One reading of the bytes. `base` is added to the place; inside base64 it is that of the block.
void read_once(const RedFlagSet& flags, std::string_view bytes, Markup markup, bool inner, std::size_t base,
               Findings& findings) {
  TextScan scan(flags);
  LooseText reader(bytes, markup);
  std::size_t seen = 0;
  const auto report = [&] {
    for (; seen < scan.hits().size(); ++seen) {
      const TextHit& hit = scan.hits()[seen];
      const RedFlag& flag = flags.flags()[hit.flag];
      if (!findings.is_new(flag, TriggerKind::kText, FlagLevel::kHumanEyes)) continue;
      findings.add(flag, TriggerKind::kText, FlagLevel::kHumanEyes, hit.near_negation,
                   "byte " + std::to_string(inner ? base : reader.offset()));
    }
  };
  scan.begin(TextRole::kRaw);
  while (const auto scalar = reader.next()) {
    if (scan.feed(*scalar)) report();
  }
  if (scan.end()) report();
}

/// Texts hidden in base64, one level deep.
void read_blocks(const RedFlagSet& flags, std::string_view bytes, Findings& findings) {
  for (std::size_t at = 0; at < bytes.size();) {
    const std::size_t run = base64_run(bytes, at);
    if (run >= kShortestBase64) {
      const std::string decoded = decode_base64(bytes.substr(at, run));
      read_once(flags, decoded, Markup::kKeep, true, at, findings);
      read_once(flags, decoded, Markup::kTags, true, at, findings);
    }
    at += run + 1;
  }
}

}  // namespace

GateResult inspect_bytes(const RedFlagSet& flags, std::string_view bytes, std::size_t max_bytes) {
  Findings findings(flags);
  findings.result.cut_short = bytes.size() > max_bytes;
  bytes = bytes.substr(0, std::min(bytes.size(), max_bytes));
  read_once(flags, bytes, Markup::kKeep, false, 0, findings);
  if (bytes.find('<') != std::string_view::npos) read_once(flags, bytes, Markup::kTags, false, 0, findings);
  read_blocks(flags, bytes, findings);
  return findings.finish();
}

}  // namespace gateway::gate
