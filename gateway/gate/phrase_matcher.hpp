// All phrases of the gate in one automaton: one step for each symbol of the text, whatever the number of
// phrases.
//
// Aho-Corasick over the folded alphabet, completed to a dense table. Immutable; any thread. Memory: 74 bytes
// a state.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "gateway/gate/fold.hpp"

namespace gateway::gate {

/// What a phrase is for.
enum class PhraseUse : std::uint8_t {
  kAlone,     ///< A hit by itself.
  kGroup,     ///< One group of a WordGroups.
  kQuestion,  ///< Names a condition only as the label of a question.
  kCode,      ///< The digits of a code: a hit in bytes that did not parse.
  kNegation,  ///< "denies", "no": recorded for the reader.
};

struct PhraseTarget {
  PhraseUse use = PhraseUse::kAlone;
  std::uint16_t flag = 0;
  std::uint16_t together = 0;
  std::uint16_t group = 0;
};

class PhraseMatcher {
 public:
  using State = std::uint16_t;

  /// Adds one phrase; a final `*` takes any ending of the word. False when it folds to nothing or the table
  /// is full.
  bool add(std::string_view phrase, PhraseTarget target);
  /// Completes the automaton. After it only the const members are used.
  void complete();

  /// The state before a text: as after a space.
  [[nodiscard]] State start() const noexcept { return start_; }
  [[nodiscard]] State step(State state, Symbol symbol) const noexcept {
    return rows_[state & kStateMask][symbol];
  }
  /// Whether anything ends in this state: a bit of the state itself, so that the common answer costs nothing.
  [[nodiscard]] static bool has_hits(State state) noexcept { return (state & kHitBit) != 0; }
  /// What ends here. Empty for nearly every state.
  [[nodiscard]] std::span<const PhraseTarget> hits(State state) const noexcept {
    const Range& range = ranges_[state & kStateMask];
    return {targets_.data() + range.begin, range.count};
  }
  [[nodiscard]] std::size_t state_count() const noexcept { return rows_.size(); }

 private:
  static constexpr State kHitBit = 0x8000;
  static constexpr State kStateMask = 0x7FFF;
  struct Range {
    std::uint32_t begin = 0;
    std::uint32_t count = 0;
  };
  using Row = std::array<State, kAlphabet>;
  std::vector<Row> rows_{Row{}};
  std::vector<std::vector<PhraseTarget>> own_{{}};
  std::vector<Range> ranges_;
  std::vector<PhraseTarget> targets_;
  State start_ = 0;
};

}  // namespace gateway::gate
