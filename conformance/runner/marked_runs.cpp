#include "conformance/runner/marked_runs.hpp"

#include <array>

namespace conformance {

namespace {

struct Mark {
  std::string_view name;
  std::string_view kind;  ///< Empty: all runs of the case.
  std::string_view reason;
};

constexpr std::array kMarks{
    Mark{"shlink", "", "the link is fetched from the internet"},
};

}  // namespace

std::string marked_run(std::string_view name, std::string_view kind) {
  for (const Mark& mark : kMarks) {
    if (mark.name == name && (mark.kind.empty() || mark.kind == kind)) return std::string(mark.reason);
  }
  return {};
}

}  // namespace conformance
