#include "fhir/tree/read_report.hpp"

#include <algorithm>
#include <utility>

#include "fhir/tree/expression.hpp"

namespace fhir::tree {
namespace {

/// Lines of one source, counted once while offsets grow.
class LineCount {
 public:
  explicit LineCount(std::string_view source) : source_(source) {}
  SourcePosition at(std::size_t offset) {
    offset = std::min(offset, source_.size());
    if (offset < offset_) *this = LineCount(source_);
    const std::string_view passed = source_.substr(offset_, offset - offset_);
    const std::size_t last_break = passed.rfind('\n');
    if (last_break != std::string_view::npos) {
      line_ += static_cast<std::uint32_t>(std::count(passed.begin(), passed.end(), '\n'));
      line_start_ = offset_ + last_break + 1;
    }
    offset_ = offset;
    return {offset, line_, static_cast<std::uint32_t>(offset - line_start_) + 1};
  }

 private:
  std::string_view source_;
  std::size_t offset_ = 0;
  std::size_t line_start_ = 0;
  std::uint32_t line_ = 1;
};

}  // namespace

void ReadReport::error(IssueType type, Place place, std::string text, std::size_t offset) {
  // One place stays free for a fatal finding.
  if (findings_.size() + 1 >= IssueList::kDefaultCapacity) {
    ++uncounted_;
  } else {
    add(Severity::kError, type, place, std::move(text), offset);
  }
}

void ReadReport::fatal(IssueType type, Place place, std::string text, std::size_t offset) {
  if (fatal_) return;
  fatal_ = true;
  add(Severity::kFatal, type, place, std::move(text), offset);
}

void ReadReport::add(Severity severity, IssueType type, Place place, std::string text, std::size_t offset) {
  findings_.push_back({severity, type, place.node, std::string(place.member), std::move(text), offset});
}

ReadOutcome ReadReport::finish(TreeBuilder& builder, std::string_view source) {
  ReadOutcome outcome;
  outcome.tree = builder.finish();
  if (findings_.empty()) return outcome;
  std::stable_sort(findings_.begin(), findings_.end(),
                   [](const Finding& a, const Finding& b) { return a.offset < b.offset; });
  LineCount lines(source);
  for (Finding& finding : findings_) {
    const Node node(outcome.tree.get(), finding.node);
    std::string place = expression(node);
    if (place.empty()) {
      place = finding.member;
    } else if (!finding.member.empty()) {
      place.append(".").append(finding.member);
    }
    outcome.issues.add(finding.severity, finding.type, std::move(place), std::move(finding.text),
                       lines.at(finding.offset));
  }
  if (uncounted_ > 0) {
    outcome.issues.add(Severity::kError, IssueType::kInvalid, {},
                       std::to_string(uncounted_) + " more errors of reading are not listed");
  }
  if (fatal_) outcome.tree = nullptr;
  return outcome;
}

}  // namespace fhir::tree
