// What the fuzzers of readers and writers share.
#pragma once

#include <cstdlib>
#include <string>
#include <string_view>

#include "fhir/base/limits.hpp"
#include "fhir/base/utf8.hpp"
#include "fhir/tree/tree.hpp"

namespace fuzz {

/// Ends the program, which libFuzzer reports.
inline void require(bool holds) {
  if (!holds) std::abort();
}

/// Spans lie in the source, and every text is UTF-8.
inline void check_nodes(const fhir::tree::Tree& tree, std::string_view source) {
  for (fhir::tree::NodeIndex i = 0; i < tree.node_count(); ++i) {
    const fhir::tree::NodeRecord& record = tree.record(i);
    require(record.source.offset <= source.size() &&
            record.source.length <= source.size() - record.source.offset);
    require(fhir::find_invalid_utf8(tree.text(record)) == std::string_view::npos);
  }
}

/// What `read` made of `source` can be written, read again and written the same, compact or pretty. The other
/// format holds all of a right document; a wrong one may lose what it cannot hold, once. Gives the tree, or
/// null when `source` was refused.
template <class Read, class Write, class Pretty, class ReadOther, class WriteOther>
auto round_trip(std::string_view source, const Read& read, const Write& write, const Pretty& pretty,
                const ReadOther& read_other, const WriteOther& write_other) {
  const auto first = read(source, fhir::ReadLimits{});
  require((first.tree != nullptr) || first.issues.has_error());
  if (first.tree == nullptr) return first.tree;
  check_nodes(*first.tree, source);

  const std::string written = write(first.tree->root());
  const auto second = read(written, fhir::ReadLimits{});
  require(second.tree != nullptr);
  require(write(second.tree->root()) == written);
  require(first.issues.has_error() || !second.issues.has_error());
  const auto from_pretty = read(pretty(first.tree->root()), fhir::ReadLimits{});
  require(from_pretty.tree != nullptr);
  require(write(from_pretty.tree->root()) == written);

  fhir::ReadLimits limits;
  limits.max_depth *= 4;  // formats nest differently
  const auto third = read_other(write_other(first.tree->root()), limits);
  require(third.tree != nullptr);
  const std::string settled = write_other(third.tree->root());
  const auto fourth = read_other(settled, limits);
  require(fourth.tree != nullptr);
  require(write_other(fourth.tree->root()) == settled);
  return first.tree;
}

}  // namespace fuzz
