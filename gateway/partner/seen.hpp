// A message as a stand-in partner sees it: what a person watching wants to know of it.
#pragma once

#include <string>
#include <vector>

#include "fhir/tree/tree.hpp"

namespace gateway::partner {

struct SeenCommunication {
  std::string kind;                ///< Code of our kinds: receipt, accepted, redirected, escalated ...
  std::vector<std::string> lines;  ///< Its payload texts.
};

/// Nodes live as long as `tree`. A body that is no message leaves everything empty but `tree`.
struct Seen {
  fhir::tree::TreePtr tree;
  std::string event;  ///< servicerequest-request, ...
  std::string reason;
  std::string bundle;
  std::string answers;  ///< MessageHeader.response.identifier.
  std::string answer_code;
  fhir::tree::Node header;
  fhir::tree::Node task;  ///< The focus when it is a Task, else the first one.
  fhir::tree::Node service_request;
  fhir::tree::Node patient;
  std::vector<std::string> identifiers;  ///< UBRNs of the request.
  std::vector<SeenCommunication> communications;

  [[nodiscard]] bool is_message() const { return static_cast<bool>(header); }
};

/// Cost: linear in the entries.
[[nodiscard]] Seen see(fhir::tree::TreePtr tree);

/// fullUrl of the entry of a resource.
[[nodiscard]] std::string full_url(const Seen& seen, fhir::tree::Node resource);

}  // namespace gateway::partner
