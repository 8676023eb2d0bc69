// Runs a plan on one source tree. The whole transform succeeds or none of it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "fhir/base/instant.hpp"
#include "fhir/base/issue.hpp"
#include "fhir/path/host.hpp"
#include "fhir/tree/tree.hpp"
#include "mappings/engine/plan.hpp"
#include "mappings/engine/receipt.hpp"

namespace mappings::engine {

/// Makes identifiers that a repeated run makes again. Called on the running thread.
class IdSource {
 public:
  IdSource() = default;
  IdSource(const IdSource&) = delete;
  IdSource& operator=(const IdSource&) = delete;
  virtual ~IdSource() = default;
  /// A UUID over the parts, in lower case with hyphens; equal parts give equal ids within one key space (an
  /// installation's key and a partner). The parts are message content: they go into a keyed digest and
  /// nowhere else. `lgId(a, b)` asks for {"id", a, b}; `uuid()` for {"sequence", "1"}, {"sequence", "2"}, ...
  [[nodiscard]] virtual std::string id(std::span<const std::string_view> parts) = 0;
};

/// What names mean for the sender of a message: systems of identifiers and codes, settings of its manifest.
/// Called on the running thread.
class Lookup {
 public:
  Lookup() = default;
  Lookup(const Lookup&) = delete;
  Lookup& operator=(const Lookup&) = delete;
  virtual ~Lookup() = default;
  /// `lgLookup(kind, key)` in a map; `lgLookup(kind)` asks with an empty key. Empty: unknown, and the call
  /// gives nothing.
  [[nodiscard]] virtual std::optional<std::string> find(std::string_view kind,
                                                        std::string_view key) const = 0;
};

/// Bounds of one run. Passing one refuses the transform.
struct RunLimits {
  std::uint32_t max_steps = 2'000'000;     ///< Source items looked at, targets made, groups entered.
  std::uint32_t max_depth = 64;            ///< Groups within groups.
  std::uint32_t max_elements = 500'000;    ///< Of the result.
  std::size_t max_text_bytes = 64u << 20;  ///< Of the values made, copies included.
};

/// Pointers outlive the run; all but `ids` may be null.
struct RunContext {
  IdSource* ids = nullptr;             ///< Needed by maps that call uuid() or lgId(): without, these fail.
  const Lookup* lookup = nullptr;      ///< Needed by maps that call lgLookup(): without, it fails.
  const fhir::Clock* clock = nullptr;  ///< now(), today().
  /// IANA zone of times that carry no offset.
  std::string_view zone = "Europe/London";
  const SourceNames* names = nullptr;  ///< Places of issues; null: FHIRPath of the source element.
  fhir::path::Host* host = nullptr;    ///< resolve(), conformsTo() ...; null: a TreeHost of the source.
  std::optional<GroupId> start = {};   ///< Empty: Plan::first_group().
  RunLimits limits = {};
};

/// `tree` is null exactly when `issues.has_error()`. Issues name places of the source and never quote a
/// value; log() clauses of a map become informational issues with their rule, not their value.
struct Transformed {
  fhir::tree::TreePtr tree;
  Receipt receipt;
  fhir::IssueList issues;
};

/// Maps `source` from the start group: its first source parameter is `source`, its first target parameter a
/// new element of the declared type. Any thread; the plan is not changed. Cost: linear in the rules that
/// match.
[[nodiscard]] Transformed run(const Plan& plan, fhir::tree::Node source, const RunContext& context = {});

}  // namespace mappings::engine
