// Runs texts of one message through the phrases of the gate and says which conditions they hit.
//
// One scan serves one message, so that word groups may meet across its texts. Not thread-safe.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "gateway/gate/phrase_matcher.hpp"
#include "gateway/gate/red_flag_set.hpp"

namespace gateway::gate {

/// What the text is.
enum class TextRole : std::uint8_t {
  kStatement,  ///< Said about the patient.
  kQuestion,   ///< The label of a question: names a condition, states nothing.
  kRaw,        ///< Bytes that did not parse: codes count too.
};

struct TextHit {
  std::uint16_t flag = 0;  ///< Index into RedFlagSet::flags.
  bool near_negation = false;
};

class TextScan {
 public:
  /// `flags` outlives the scan.
  explicit TextScan(const RedFlagSet& flags);

  /// Hits of one text, in order, repeated ones included. Valid until the next call.
  const std::vector<TextHit>& scan(std::string_view text, TextRole role);

  // The same scalar by scalar: begin, feed..., end. feed returns true when hits() grew.
  void begin(TextRole role);
  bool feed(char32_t scalar);
  bool end() { return take(kSpace); }
  [[nodiscard]] const std::vector<TextHit>& hits() const noexcept { return hits_; }

 private:
  struct GroupState {
    std::vector<std::uint64_t> last;  ///< Position after the last hit of each group; 0: none yet.
    std::uint64_t negated = 0;
  };
  std::size_t take_ascii(std::string_view text, std::size_t at);
  bool take(Symbol symbol);
  void hit(const PhraseTarget& target);
  void hit_group(const PhraseTarget& target);
  [[nodiscard]] bool near_negation() const noexcept {
    return last_negation_ != 0 && position_ - last_negation_ <= kNegationReach;
  }

  static constexpr std::uint64_t kNegationReach = 80;
  static constexpr std::uint64_t kTextGap = 4096;  // over any window, so that windows never span two texts
  const RedFlagSet& flags_;
  const PhraseMatcher& matcher_;
  std::vector<std::vector<GroupState>> groups_;
  std::vector<TextHit> hits_;
  PhraseMatcher::State state_ = 0;
  TextRole role_ = TextRole::kStatement;
  bool after_space_ = true;
  std::uint64_t position_ = kTextGap;
  std::uint64_t last_negation_ = 0;
};

}  // namespace gateway::gate
