#include "gateway/gate/text_scan.hpp"

namespace gateway::gate {

TextScan::TextScan(const RedFlagSet& flags) : flags_(flags), matcher_(flags.matcher()) {
  for (const RedFlag& flag : flags.flags()) {
    auto& states = groups_.emplace_back();
    for (const WordGroups& together : flag.together) {
      states.emplace_back().last.resize(together.groups.size(), 0);
    }
  }
}

const std::vector<TextHit>& TextScan::scan(std::string_view text, TextRole role) {
  begin(role);
  for (std::size_t at = take_ascii(text, 0); at < text.size(); at = take_ascii(text, at))
    feed(next_scalar(text, at));
  end();
  return hits_;
}

/// Takes what is ASCII from `at` on, and says where it ends. What changes with every character stays out of
/// memory meanwhile.
std::size_t TextScan::take_ascii(std::string_view text, std::size_t at) {
  PhraseMatcher::State state = state_;
  bool after_space = after_space_;
  std::uint64_t position = position_;
  for (; at < text.size(); ++at) {
    const auto byte = static_cast<unsigned char>(text[at]);
    if (byte >= kAsciiSymbols.size()) break;
    const Symbol symbol = kAsciiSymbols[byte];
    if (symbol == kNothing || (symbol == kSpace && after_space)) continue;
    after_space = symbol == kSpace;
    ++position;
    state = matcher_.step(state, symbol);
    if (!PhraseMatcher::has_hits(state)) continue;
    position_ = position;
    for (const PhraseTarget& target : matcher_.hits(state))
      hit(target);
  }
  state_ = state;
  after_space_ = after_space;
  position_ = position;
  return at;
}

void TextScan::begin(TextRole role) {
  hits_.clear();
  role_ = role;
  state_ = matcher_.start();
  after_space_ = true;
  position_ += kTextGap;
  last_negation_ = 0;
}

bool TextScan::feed(char32_t scalar) {
  const Folded folded = fold(scalar);
  bool grew = false;
  for (std::uint8_t i = 0; i < folded.count; ++i)
    grew = take(folded.symbols[i]) || grew;
  return grew;
}

bool TextScan::take(Symbol symbol) {
  if (symbol == kSpace && after_space_) return false;
  after_space_ = symbol == kSpace;
  ++position_;
  state_ = matcher_.step(state_, symbol);
  if (!PhraseMatcher::has_hits(state_)) return false;
  const std::size_t before = hits_.size();
  for (const PhraseTarget& target : matcher_.hits(state_))
    hit(target);
  return hits_.size() > before;
}

void TextScan::hit(const PhraseTarget& target) {
  switch (target.use) {
    case PhraseUse::kNegation: last_negation_ = position_; return;
    case PhraseUse::kCode:
      if (role_ == TextRole::kRaw) hits_.push_back({target.flag, near_negation()});
      return;
    case PhraseUse::kQuestion:
      if (role_ == TextRole::kQuestion) hits_.push_back({target.flag, false});
      return;
    case PhraseUse::kAlone: hits_.push_back({target.flag, near_negation()}); return;
    case PhraseUse::kGroup: hit_group(target); return;
  }
}

void TextScan::hit_group(const PhraseTarget& target) {
  const std::uint32_t window = flags_.flags()[target.flag].together[target.together].window;
  // A label never meets the texts around it: only groups that stand in one text count there.
  if (role_ == TextRole::kQuestion && window == 0) return;
  GroupState& state = groups_[target.flag][target.together];
  state.last[target.group] = position_;
  if (near_negation()) state.negated = position_;
  for (const std::uint64_t last : state.last) {
    if (last == 0) return;
    if (window != 0 && position_ - last > window) return;
  }
  const bool negated = state.negated != 0 && (window == 0 || position_ - state.negated <= window);
  hits_.push_back({target.flag, negated});
}

}  // namespace gateway::gate
