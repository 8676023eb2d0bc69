#include "gateway/gate/priority.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "gateway/gate/fold.hpp"

namespace gateway::gate {

namespace {

using fhir::tree::Node;

bool speaks_of_priority(std::string_view text) {
  return fold_phrase(text).find("priority") != std::string::npos;
}

void read_coding(Node coding, bool about_priority, CodedPriority& out) {
  const std::string_view code = coding.child("code").text();
  if (!about_priority && !speaks_of_priority(coding.child("system").text())) return;
  static constexpr std::array<std::string_view, 3> kCancer = {"3", "2WW", "TWO_WEEK_WAIT"};
  static constexpr std::array<std::string_view, 3> kUrgent = {"2", "U", "URGENT"};
  static constexpr std::array<std::string_view, 3> kRoutine = {"1", "R", "ROUTINE"};
  const auto is = [&](const auto& codes) { return std::ranges::find(codes, code) != codes.end(); };
  out.cancer |= is(kCancer);
  out.urgent |= is(kUrgent);
  out.routine |= is(kRoutine);
  const std::string display = fold_phrase(coding.child("display").text());
  out.cancer |= display.find("two week wait") != std::string::npos ||
                display.find("urgent suspected cancer") != std::string::npos;
}

void read_extensions(Node holder, CodedPriority& out) {
  for (const Node extension : holder.children("extension")) {
    const bool about = speaks_of_priority(extension.child("url").text());
    for (const Node value : extension.children("value")) {
      if (value.type() == "Coding") read_coding(value, about, out);
      for (const Node coding : value.children("coding"))
        read_coding(coding, about, out);
      if (about && value.type() == "code" && value.text() == "3") out.cancer = true;
    }
  }
}

}  // namespace

CodedPriority coded_priority(Node service_request) {
  CodedPriority out;
  const Node priority = service_request.child("priority");
  const std::string_view code = priority.text();
  out.routine = code == "routine";
  out.urgent = code == "urgent" || code == "asap";
  out.emergency = code == "stat";
  read_extensions(priority, out);
  read_extensions(service_request, out);
  return out;
}

}  // namespace gateway::gate
