// Rules about the references of a whole message. Part of decode().
#pragma once

#include "gateway/bars/message.hpp"

namespace gateway::bars {

/// One patient: a reference to any other, resolved, literal or by NHS number, is an issue at its place. Cost:
/// linear.
void check_one_patient(const BarsMessage& message, fhir::IssueList& issues);

/// No circle of basedOn, partOf and replaces among the entries. Cost: linear.
void check_no_circle(const BarsMessage& message, fhir::IssueList& issues);

}  // namespace gateway::bars
