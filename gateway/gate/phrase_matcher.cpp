#include "gateway/gate/phrase_matcher.hpp"

#include <string>

namespace gateway::gate {

namespace {

constexpr std::size_t kMaxStates = 0x7FFF;

Symbol symbol_of(char c) {
  if (c == ' ') return kSpace;
  return static_cast<Symbol>(c >= '0' && c <= '9' ? 26 + (c - '0') : c - 'a');
}

}  // namespace

bool PhraseMatcher::add(std::string_view phrase, PhraseTarget target) {
  std::string folded = fold_phrase(phrase);
  if (folded.empty()) return false;
  // A leading space is the start of a word; a trailing one its end.
  if (folded.back() == '*') {
    folded.pop_back();
  } else {
    folded += ' ';
  }
  folded.insert(folded.begin(), ' ');
  if (rows_.size() + folded.size() > kMaxStates) return false;
  State at = 0;
  for (const char c : folded) {
    State& next = rows_[at][symbol_of(c)];
    if (next == 0) {
      next = static_cast<State>(rows_.size());
      at = next;
      rows_.push_back(Row{});
      own_.emplace_back();
    } else {
      at = next;
    }
  }
  own_[at].push_back(target);
  return true;
}

void PhraseMatcher::complete() {
  std::vector<State> fail(rows_.size(), 0);
  std::vector<State> queue;
  queue.reserve(rows_.size());
  for (const State child : rows_[0]) {
    if (child != 0) queue.push_back(child);
  }
  // Breadth first: the failure state of a node is shallower and already complete.
  for (std::size_t i = 0; i < queue.size(); ++i) {
    const State at = queue[i];
    const auto& inherited = own_[fail[at]];
    own_[at].insert(own_[at].end(), inherited.begin(), inherited.end());
    for (std::size_t symbol = 0; symbol < kAlphabet; ++symbol) {
      State& next = rows_[at][symbol];
      const State other = rows_[fail[at]][symbol];
      if (next == 0) {
        next = other;
      } else {
        fail[next] = other;
        queue.push_back(next);
      }
    }
  }
  ranges_.resize(rows_.size());
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    ranges_[i] = {static_cast<std::uint32_t>(targets_.size()), static_cast<std::uint32_t>(own_[i].size())};
    targets_.insert(targets_.end(), own_[i].begin(), own_[i].end());
  }
  for (Row& row : rows_) {
    for (State& next : row) {
      if (ranges_[next].count != 0) next = static_cast<State>(next | kHitBit);
    }
  }
  own_.clear();
  own_.shrink_to_fit();
  start_ = rows_[0][kSpace];
}

}  // namespace gateway::gate
