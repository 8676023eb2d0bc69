#include "fhir/validate/reporter.hpp"

#include <algorithm>
#include <string>

#include "fhir/tree/expression.hpp"

namespace fhir::validate {
namespace {

/// A name of the message may be quoted only if it looks like one: a member name can hold anything, also what
/// is a patient's.
bool is_plain_name(std::string_view name) {
  const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  const auto allowed = [&](char c) { return letter(c) || (c >= '0' && c <= '9') || c == '_'; };
  return !name.empty() && name.size() <= 40 && letter(name[0]) &&
         std::all_of(name.begin(), name.end(), allowed);
}

std::string place_of(tree::Node at) {
  const bool quotable = at.row_id() != tree::kUnknownRow || is_plain_name(at.name());
  return tree::expression(quotable ? at : at.parent());
}

}  // namespace

SourcePosition Reporter::locate_from_last(std::size_t offset) {
  offset = std::min(offset, source_.size());
  if (offset < line_start_) {
    line_start_ = 0;
    line_ = 1;
  }
  for (std::size_t end = source_.find('\n', line_start_); end < offset;
       end = source_.find('\n', line_start_)) {
    line_start_ = end + 1;
    ++line_;
  }
  return {offset, line_, static_cast<std::uint32_t>(offset - line_start_ + 1)};
}

void Reporter::add(tree::Node at, Severity severity, IssueType type,
                   std::initializer_list<std::string_view> parts) {
  if (is_full_for(severity)) return issues_.add(severity, type, {}, {});  // counted only
  add_named(at, place_of(at), severity, type, parts);
}

bool Reporter::is_full_for(Severity severity) const {
  const bool first_error = severity <= Severity::kError && !issues_.has_error();
  return issues_.items().size() >= capacity_ && !first_error;
}

void Reporter::add_named(tree::Node at, std::string expression, Severity severity, IssueType type,
                         std::initializer_list<std::string_view> parts) {
  if (is_full_for(severity)) return issues_.add(severity, type, {}, {});
  std::string text;
  for (const std::string_view part : parts)
    text.append(part);
  SourcePosition position;
  const tree::SourceSpan span = at.source();
  if (!source_.empty() && span.length != 0) position = locate_from_last(span.offset);
  issues_.add(severity, type, std::move(expression), std::move(text), position);
}

}  // namespace fhir::validate
