// What the gate looks for: conditions with their codes, phrases and urgent routes. Data, with a minimum
// nobody can remove.
//
// A file (samples/services/red_flags.yaml shows the schema) only adds: it may give new conditions, or more
// codes and phrases to a known one, and a shorter time limit; never fewer, never longer.
#pragma once

#include <chrono>
#include <compare>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/base/issue.hpp"

namespace gateway::gate {

class PhraseMatcher;

/// Where a condition goes and how fast.
struct UrgentRoute {
  std::string id;                      ///< `emergency-department`; a service names its own contact for it.
  std::string text;                    ///< For the GP and the rota.
  std::chrono::minutes time_limit{0};  ///< Wall clock, from receipt.
};

/// Groups of words that mean something only together.
struct WordGroups {
  std::vector<std::vector<std::string>> groups;  ///< One phrase of each group must occur.
  std::uint32_t window = 0;  ///< Within so many characters of one text; 0: anywhere in the message.
};

struct FlagCode {
  std::string system;
  std::string code;
  friend auto operator<=>(const FlagCode&, const FlagCode&) = default;
};

/// Our own code system: its codes are the conditions, `cauda-equina`.
inline constexpr std::string_view kRedFlagSystem = "https://ligament.example/fhir/CodeSystem/red-flag";
/// The condition of a request the sender coded as an emergency (priority stat).
inline constexpr std::string_view kEmergencyPriority = "emergency-priority";

struct RedFlag {
  std::string condition;  ///< Our code: `cauda-equina`.
  std::string name;
  std::string requirement;
  UrgentRoute route;
  std::vector<FlagCode> codes;       ///< Codes that state the condition, or ask for it.
  std::vector<std::string> phrases;  ///< Each alone is a hit. Whole words; a final `*` takes any ending.
  std::vector<std::string>
      questions;  ///< Name the condition as the label of a question, where alone they mean nothing.
  std::vector<WordGroups> together;
};

/// Immutable; any thread. Cheap to copy.
class RedFlagSet {
 public:
  /// The built-in minimum of domain.md 2.2.
  [[nodiscard]] static RedFlagSet minimum();
  /// The minimum and what the text adds. A text with errors adds nothing at all: the result is the minimum,
  /// and the errors are in `issues`.
  [[nodiscard]] static RedFlagSet parse(std::string_view yaml, std::string name, fhir::IssueList& issues);

  [[nodiscard]] const std::vector<RedFlag>& flags() const noexcept;
  [[nodiscard]] const PhraseMatcher& matcher() const noexcept;
  [[nodiscard]] const RedFlag* by_condition(std::string_view condition) const noexcept;
  /// The flag a code states or asks for, or null.
  [[nodiscard]] const RedFlag* by_code(std::string_view system, std::string_view code) const noexcept;

 private:
  struct Content;
  explicit RedFlagSet(std::shared_ptr<const Content> content) : content_(std::move(content)) {}
  [[nodiscard]] static RedFlagSet build(std::vector<RedFlag> flags, fhir::IssueList& issues);
  std::shared_ptr<const Content> content_;
};

}  // namespace gateway::gate
