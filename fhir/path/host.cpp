#include "fhir/path/host.hpp"

namespace fhir::path {

tree::Node Host::resolve(std::string_view /*reference*/, tree::Node /*from*/) {
  return {};
}
std::optional<bool> Host::member_of(tree::Node /*coded*/, std::string_view /*value_set*/) {
  return std::nullopt;
}
std::optional<bool> Host::conforms_to(tree::Node /*node*/, std::string_view /*profile*/) {
  return std::nullopt;
}
std::optional<bool> Host::subsumes(const Value& /*general*/, const Value& /*special*/) {
  return std::nullopt;
}
std::optional<bool> Host::html_checks(tree::Node /*xhtml*/) {
  return std::nullopt;
}
void Host::trace(std::string_view /*name*/, std::span<const Value> /*items*/) {}

}  // namespace fhir::path
