// Port: a message of ours in a form other than FHIR, for a partner that takes no FHIR.
#pragma once

#include <optional>
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
};

}  // namespace gateway::intake
