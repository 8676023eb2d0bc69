// A message as a stand-in partner sees it: what a person watching wants to know of it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "fhir/tree/tree.hpp"

namespace gateway::partner {

struct SeenCommunication {
  std::string kind;                ///< Code of our kinds: receipt, accepted, redirected, escalated ...
  std::vector<std::string> lines;  ///< Its payload texts.
};

/// A document as it arrived: digest and size are those of its decoded bytes.
struct SeenAttachment {
  std::string content_type;
  std::string sha256;  ///< Hexadecimal; empty when the data are not base64.
  std::int64_t bytes = 0;
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
  std::vector<SeenAttachment> attachments;  ///< Of the Binary resources, in their order.

  [[nodiscard]] bool is_message() const { return static_cast<bool>(header); }
};

/// Cost: linear in the entries and the bytes of their documents.
[[nodiscard]] Seen see(fhir::tree::TreePtr tree);

/// fullUrl of the entry of a resource.
[[nodiscard]] std::string full_url(const Seen& seen, fhir::tree::Node resource);

}  // namespace gateway::partner
