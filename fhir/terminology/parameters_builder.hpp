// Writes a Parameters resource one parameter at a time.
#pragma once

#include <string_view>

#include "fhir/definitions/definitions.hpp"
#include "fhir/terminology/code_answer.hpp"
#include "fhir/tree/resource_builder.hpp"

namespace fhir::terminology {

/// `list` is the element a parameter stands in: `parameter`, and `part` inside another. An empty value adds
/// nothing.
class ParametersBuilder {
 public:
  ParametersBuilder() : builder_(definitions::r4(), "Parameters") {}

  /// `type` is the name of the value: `valueString`.
  ParametersBuilder& add(std::string_view name, std::string_view type, std::string_view value) {
    if (value.empty()) return *this;
    builder_.open(list()).set("name", name).set(type, value).close();
    return *this;
  }
  ParametersBuilder& add_flag(std::string_view name, bool value) {
    return add(name, "valueBoolean", value ? "true" : "false");
  }
  ParametersBuilder& add_coding(std::string_view name, const Coded& coding) {
    builder_.open(list()).set("name", name).open("valueCoding");
    builder_.set("system", coding.system).set("version", coding.version).set("code", coding.code);
    builder_.set("display", coding.display).close().close();
    return *this;
  }
  /// A copy of a value element under its own type: `value` of a property becomes `valueCode`.
  ParametersBuilder& add_value(std::string_view name, tree::Node value) {
    if (!value) return *this;
    builder_.open(list()).set("name", name).copy(value.serial_name(), value).close();
    return *this;
  }
  ParametersBuilder& open(std::string_view name) {
    builder_.open(list()).set("name", name);
    ++depth_;
    return *this;
  }
  ParametersBuilder& close() {
    builder_.close();
    --depth_;
    return *this;
  }
  [[nodiscard]] tree::TreePtr finish() { return builder_.finish(); }

 private:
  [[nodiscard]] std::string_view list() const { return depth_ == 0 ? "parameter" : "part"; }
  tree::ResourceBuilder builder_;
  int depth_ = 0;
};

}  // namespace fhir::terminology
