// Port: a message of ours in a form other than FHIR, for a partner that takes no FHIR.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "fhir/tree/tree.hpp"
#include "gateway/config/config.hpp"

namespace gateway::intake {

struct OutwardForm {
  std::string media_type;
  std::string body;
  std::string business_id;  ///< What the partner's acknowledgement will name.
};

/// A number of a patient in one identifier system.
struct PatientNumber {
  std::string system;
  std::string value;
};

class OutwardForms {
 public:
  OutwardForms() = default;
  OutwardForms(const OutwardForms&) = delete;
  OutwardForms& operator=(const OutwardForms&) = delete;
  virtual ~OutwardForms() = default;
  /// `bundle` of the delivery kind `kind`. Empty when it cannot be said in the partner's form. The same
  /// bundle gives the same bytes. Any thread.
  [[nodiscard]] virtual std::optional<OutwardForm> write(const config::Partner& to, std::string_view kind,
                                                         fhir::tree::Node bundle) const = 0;

  enum class Renumbered : std::uint8_t { kChanged, kCarriesNone, kCannot };
  /// Whether bodies of this media type are made by write().
  [[nodiscard]] virtual bool makes(std::string_view media_type) const noexcept = 0;
  /// A body of write() again, as the new message `id`: the patient's `prior` numbers are `survivor` now.
  /// `form` is filled when it changed. Any thread.
  [[nodiscard]] virtual Renumbered renumber(const config::Partner& to, std::string_view body,
                                            std::string_view id, std::span<const PatientNumber> prior,
                                            const PatientNumber& survivor, OutwardForm& form) const = 0;
};

}  // namespace gateway::intake
