#include "fhir/path/pattern.hpp"

namespace fhir::path {

std::unique_ptr<const re2::RE2> compile_pattern(std::string_view pattern) {
  constexpr std::int64_t kMaxBytes = 4 << 20;
  std::string text;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    text.push_back(pattern[i]);
    const bool escaped = pattern[i] == '\\';
    if (escaped && i + 1 < pattern.size()) text.push_back(pattern[++i]);
    const std::string_view rest = pattern.substr(i);
    const bool named =
        !escaped && rest.starts_with("(?<") && rest.size() > 3 && rest[3] != '=' && rest[3] != '!';
    if (named) {
      text.append("?P<");
      i += 2;
    }
  }
  re2::RE2::Options options;
  options.set_log_errors(false);
  options.set_dot_nl(true);
  options.set_max_mem(kMaxBytes);
  auto compiled = std::make_unique<const re2::RE2>(text, options);
  return compiled->ok() ? std::move(compiled) : nullptr;
}

std::string rewrite_substitution(std::string_view substitution, const re2::RE2& pattern) {
  std::string out;
  for (std::size_t i = 0; i < substitution.size(); ++i) {
    const char c = substitution[i];
    const char next = i + 1 < substitution.size() ? substitution[i + 1] : '\0';
    if (c == '\\') {
      out.append("\\\\");
    } else if (c != '$') {
      out.push_back(c);
    } else if (next >= '0' && next <= '9') {
      if (next - '0' <= pattern.NumberOfCapturingGroups()) out.append("\\").push_back(next);
      ++i;
    } else if (next == '$') {
      out.push_back('$');
      ++i;
    } else if (const std::size_t end = substitution.find('}', i);
               next == '{' && end != std::string_view::npos) {
      const auto& groups = pattern.NamedCapturingGroups();
      const auto group = groups.find(std::string(substitution.substr(i + 2, end - i - 2)));
      if (group != groups.end() && group->second <= 9) out.append("\\").append(std::to_string(group->second));
      i = end;
    } else {
      out.push_back(c);
    }
  }
  return out;
}

}  // namespace fhir::path
