#include "fhir/terminology/code_answer.hpp"

namespace fhir::terminology {

Coded coded_of(tree::Node element) {
  if (!element) return {};
  if (element.type() == "Quantity" || element.child("unit"))
    return {element.child("system").text(), {}, element.child("code").text(), {}};
  if (element.has_value()) return {{}, {}, element.text(), {}};
  return {element.child("system").text(), element.child("version").text(), element.child("code").text(),
          element.child("display").text()};
}

}  // namespace fhir::terminology
