// What a v2 message means, in FHIR: the port behind which the maps are.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/base/instant.hpp"
#include "fhir/base/issue.hpp"
#include "fhir/tree/tree.hpp"
#include "fhir/validate/valid_tree.hpp"
#include "gateway/config/config.hpp"
#include "gateway/intake/arrival.hpp"

namespace gateway::hl7v2 {

struct Translation {
  fhir::tree::TreePtr bundle;  ///< The FHIR message; null exactly when `issues` has an error.
  std::optional<fhir::validate::ValidTree> verdict;  ///< That of `bundle`, when the maps gave one.
  fhir::tree::TreePtr source;                        ///< The message as it was read; null when it was not.
  std::string receipt;                               ///< JSON.
  std::optional<store::Digest> repetition;           ///< What a repetition has in common with its first.
  std::vector<intake::Loss> losses;
  fhir::IssueList issues;  ///< Places are v2 locations, `PID[1]-3[2]`.
  /// The v2 location an element of `bundle` came from, by its FHIRPath; empty text when it came from none.
  /// May be empty itself. Valid as long as the Translation.
  std::function<std::string(std::string_view fhirpath)> place_of;
};

/// Port. I/O thread.
class Translator {
 public:
  Translator() = default;
  Translator(const Translator&) = delete;
  Translator& operator=(const Translator&) = delete;
  virtual ~Translator() = default;
  /// One message, whatever its content; bounded by the limits of a message.
  [[nodiscard]] virtual Translation translate(std::string_view bytes, const config::Partner& partner,
                                              fhir::Instant received) = 0;
};

}  // namespace gateway::hl7v2
