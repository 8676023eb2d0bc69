#include "gateway/rest/operation_input.hpp"

#include <algorithm>
#include <charconv>

#include "fhir/definitions/definitions.hpp"
#include "fhir/json/reader.hpp"
#include "fhir/xml/reader.hpp"
#include "gateway/http/media_type.hpp"

namespace gateway::rest {
namespace {

using fhir::tree::Node;

RefusedInput refused(fhir::IssueType type, std::string place, std::string text, int status = 400) {
  return {bars::refusal(bars::Rec::kBadRequest, type, std::move(place), std::move(text)), status};
}

bool is_known(std::span<const std::string_view> known, std::string_view name) {
  return std::find(known.begin(), known.end(), name) != known.end();
}

tl::expected<fhir::tree::ReadOutcome, RefusedInput> read_body(const http::Request& request,
                                                              const fhir::ReadLimits& limits, bool tolerant) {
  const auto type = http::body_type(request);
  if (!type.has_value())
    return tl::unexpected(refused(fhir::IssueType::kNotSupported, {}, type.error().detail, 415));
  fhir::tree::ReadOutcome read = type->format == http::Format::kJson
                                     ? fhir::json::read(request.body, fhir::definitions::r4(), limits)
                                     : fhir::xml::read(request.body, fhir::definitions::r4(), limits);
  if (read.tree == nullptr || (read.issues.has_error() && !tolerant))
    return tl::unexpected(RefusedInput{bars::refusal(bars::Rec::kBadRequest, read.issues), 400});
  return read;
}

}  // namespace

tl::expected<OperationInput, RefusedInput> OperationInput::read(const http::Request& request,
                                                                std::span<const std::string_view> known,
                                                                const fhir::ReadLimits& limits,
                                                                bool bare_resource) {
  OperationInput input;
  for (const auto& [name, value] : request.target.query()) {
    if (name == "_format" || name == "_pretty") continue;
    if (!is_known(known, name)) {
      return tl::unexpected(refused(fhir::IssueType::kNotSupported, {},
                                    "the query has a parameter the operation does not have"));
    }
    input.query_.emplace_back(name, value);
  }
  if (request.method != http::Method::kPost) return input;
  auto body = read_body(request, limits, bare_resource);
  if (!body) return tl::unexpected(std::move(body).error());
  input.body_ = std::move(body->tree);
  input.issues_ = std::move(body->issues);
  const Node root = input.body_->root();
  input.bare_ = bare_resource && root.type() != "Parameters";
  if (input.bare_) return input;
  if (root.type() != "Parameters")
    return tl::unexpected(refused(fhir::IssueType::kStructure, {}, "the body must be a Parameters resource"));
  std::size_t at = 0;
  for (const Node parameter : root.children("parameter")) {
    const std::string place = "Parameters.parameter[" + std::to_string(at++) + "]";
    if (!is_known(known, parameter.child("name").text())) {
      return tl::unexpected(
          refused(fhir::IssueType::kNotSupported, place, "the operation has no parameter of this name"));
    }
    if (!parameter.child("value") && !parameter.child("resource")) {
      return tl::unexpected(
          refused(fhir::IssueType::kRequired, place, "a parameter has a value or a resource"));
    }
  }
  return input;
}

Node OperationInput::parameter(std::string_view name) const noexcept {
  if (!body_ || bare_) return {};
  for (const Node parameter : body_->root().children("parameter")) {
    if (parameter.child("name").text() == name) return parameter;
  }
  return {};
}

std::string_view OperationInput::text(std::string_view name) const noexcept {
  for (const auto& [key, value] : query_) {
    if (key == name) return value;
  }
  return parameter(name).child("value").text();
}

std::vector<std::string_view> OperationInput::texts(std::string_view name) const {
  std::vector<std::string_view> found;
  for (const auto& [key, value] : query_) {
    if (key == name) found.push_back(value);
  }
  if (!body_ || bare_) return found;
  for (const Node parameter : body_->root().children("parameter")) {
    if (parameter.child("name").text() == name) found.push_back(parameter.child("value").text());
  }
  return found;
}

Node OperationInput::value(std::string_view name) const noexcept {
  return parameter(name).child("value");
}

Node OperationInput::resource(std::string_view name) const noexcept {
  if (bare_) return name == "resource" ? body_->root() : Node();
  return parameter(name).child("resource");
}

bool OperationInput::number(std::string_view name, std::optional<std::size_t>& out) const noexcept {
  const std::string_view digits = text(name);
  if (digits.empty()) return true;
  std::size_t value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc() || end != digits.data() + digits.size()) return false;
  out = value;
  return true;
}

}  // namespace gateway::rest
