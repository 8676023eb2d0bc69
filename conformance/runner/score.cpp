#include "conformance/runner/score.hpp"

#include <array>
#include <cstdio>

namespace conformance {

namespace {

std::string per_cent(std::size_t reached, std::size_t total) {
  if (total == 0) return "-";
  std::array<char, 16> out{};
  const double share = 100.0 * static_cast<double>(reached) / static_cast<double>(total);
  std::snprintf(out.data(), out.size(), "%.1f %%", share);
  return out.data();
}

std::string padded(std::string text, std::size_t width) {
  if (text.size() < width) text.append(width - text.size(), ' ');
  return text;
}

}  // namespace

std::string as_table(const std::vector<Score>& scores) {
  std::size_t suite_width = 5;
  std::size_t what_width = 4;
  for (const Score& score : scores) {
    suite_width = std::max(suite_width, score.suite.size());
    what_width = std::max(what_width, score.what.size());
  }
  std::string out = "| " + padded("suite", suite_width) + " | " + padded("what", what_width) +
                    " | reached      |         | asked  | note\n";
  for (const Score& score : scores) {
    const std::string asked = score.asked_per_mille == 0
                                  ? ""
                                  : per_cent(score.asked_per_mille, 1000) + (score.enough() ? "" : " !");
    out += "| " + padded(score.suite, suite_width) + " | " + padded(score.what, what_width) + " | " +
           padded(std::to_string(score.reached) + " of " + std::to_string(score.total), 12) + " | " +
           padded(per_cent(score.reached, score.total), 7) + " | " + padded(asked, 9) + " | " + score.note +
           "\n";
  }
  return out;
}

}  // namespace conformance
