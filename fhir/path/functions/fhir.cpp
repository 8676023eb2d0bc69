// The additions of FHIR R4 2.9.1.5.
#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "fhir/path/function.hpp"

namespace fhir::path {
namespace {

bool has_value(Call& call, Truth& out) {
  out = truth(call.input.size() == 1 && (!call.input[0].is_node() || call.input[0].node().has_value()));
  return true;
}

bool get_value(Call& call) {
  if (call.input.size() != 1) return true;
  const auto value =
      call.input[0].is_node() && !call.input[0].node().has_value() ? std::nullopt : as_system(call.input[0]);
  return !value || call.push(*value);
}

bool extension(Call& call) {
  std::optional<std::string> url;
  if (!call.string_argument(0, url)) return false;
  if (!url) return true;
  for (const Value& item : call.input) {
    if (!item.is_node()) continue;
    for (const tree::Node found : item.node().children("extension")) {
      if (found.child("url").text() == *url) call.out.push_back(Value(found));
    }
  }
  return true;
}

/// Fails on a modifier extension that is not among the arguments; else the input.
bool check_modifiers(Call& call) {
  std::vector<std::string> known;
  for (std::size_t i = 0; i < call.argument_count(); ++i) {
    std::optional<std::string> url;
    if (!call.string_argument(i, url)) return false;
    if (url) known.push_back(std::move(*url));
  }
  for (const Value& item : call.input) {
    if (!item.is_node()) continue;
    for (const tree::Node found : item.node().children("modifierExtension")) {
      const bool expected = std::find(known.begin(), known.end(), found.child("url").text()) != known.end();
      if (!expected) return call.fail("an element has a modifier extension that is not expected");
    }
  }
  call.out.insert(call.out.end(), call.input.begin(), call.input.end());
  return true;
}

/// A Reference holds its text in `reference`; a uri, canonical or string is the text.
bool resolve(Call& call) {
  Host* host = call.run.context().host;
  if (host == nullptr && !call.input.empty()) return call.fail("no host was given to resolve with");
  for (const Value& item : call.input) {
    std::optional<std::string_view> text = string_of(item);
    tree::Node from;
    if (item.is_node()) {
      from = item.node();
      if (!text && from.child("reference")) text = from.child("reference").text();
    }
    if (!text || text->empty()) continue;
    if (const tree::Node target = host->resolve(*text, from)) call.out.push_back(Value(target));
  }
  return true;
}

bool unanswered(Call& call) {
  return call.fail("the host cannot answer");
}

/// A question about one element and a canonical URL.
template <std::optional<bool> (Host::*kAsk)(tree::Node, std::string_view)>
bool ask(Call& call, Truth& out) {
  std::optional<std::string> url;
  out = Truth::kEmpty;
  if (!call.string_argument(0, url)) return false;
  if (call.input.size() > 1) return call.fail("the input has several items");
  if (call.input.empty() || !url) return true;
  Host* host = call.run.context().host;
  if (host == nullptr || !call.input[0].is_node()) return unanswered(call);
  const auto answer = (host->*kAsk)(call.input[0].node(), *url);
  if (!answer) return unanswered(call);
  out = truth(*answer);
  return true;
}

template <bool kInputIsGeneral>
bool subsumes(Call& call, Truth& out) {
  Scratch scratch;
  Items other;
  out = Truth::kEmpty;
  if (!call.run.evaluate_items(call.argument_node(0), call.frame, scratch, other)) return false;
  if (call.input.empty() || other.empty()) return true;
  if (call.input.size() > 1 || other.size() > 1) return call.fail("several items where one code is needed");
  Host* host = call.run.context().host;
  if (host == nullptr) return unanswered(call);
  const Value& general = kInputIsGeneral ? call.input[0] : other[0];
  const Value& special = kInputIsGeneral ? other[0] : call.input[0];
  const auto answer = host->subsumes(general, special);
  if (!answer) return unanswered(call);
  out = truth(*answer);
  return true;
}

bool html_checks(Call& call, Truth& out) {
  out = Truth::kEmpty;
  if (call.input.empty()) return true;
  if (call.input.size() > 1) return call.fail("the input has several items");
  Host* host = call.run.context().host;
  if (host == nullptr || !call.input[0].is_node()) return unanswered(call);
  const auto answer = host->html_checks(call.input[0].node());
  if (!answer) return unanswered(call);
  out = truth(*answer);
  return true;
}

template <bool (*kTruth)(Call&, Truth&)>
constexpr FunctionRow condition(std::string_view name, std::uint8_t arguments) {
  return {name, arguments, arguments, push_truth<kTruth>, ArgumentShape::kPlain, kTruth};
}

constexpr FunctionRow kRows[] = {
    condition<has_value>("hasValue", 0),
    {"getValue", 0, 0, get_value},
    {"extension", 1, 1, extension},
    {"checkModifiers", 0, 16, check_modifiers},
    {"resolve", 0, 0, resolve},
    condition<ask<&Host::conforms_to>>("conformsTo", 1),
    condition<ask<&Host::member_of>>("memberOf", 1),
    condition<subsumes<true>>("subsumes", 1),
    condition<subsumes<false>>("subsumedBy", 1),
    condition<html_checks>("htmlChecks", 0),
};

}  // namespace

std::span<const FunctionRow> fhir_functions() {
  return kRows;
}

}  // namespace fhir::path
