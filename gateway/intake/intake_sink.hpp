// What intake tells the operators: one summary a message, one alert for each thing a person must see now.
//
// Nothing here is of a message but our own codes and ids: it goes into logs and metrics.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "gateway/store/ids.hpp"

namespace gateway::intake {

struct MessageSummary {
  store::MessageSeq message;  ///< 0 when the request was answered before it got a number.
  std::string partner;
  std::string action;      ///< `new-referral`, ...; empty when it was not understood so far.
  std::string verdict;     ///< accepted, quarantined, refused, duplicate, ignored, failed.
  std::string decision;    ///< route, urgent, redirect, refuse, hold; empty for others.
  std::string error_code;  ///< `REC_CONFLICT`; empty for success.
  int http_status = 0;
  std::size_t bytes = 0;
  std::size_t red_flags = 0;
  std::chrono::nanoseconds took{0};
};

struct Alert {
  std::string kind;        ///< Work item kind: `red-flag`, `held`, ...
  std::string reference;   ///< `Task/id` of our own, or empty.
  std::string owner_role;  ///< Who is asked to look.
  std::string code;        ///< Condition, rule or reason.
};

/// Port; called on the I/O thread after the commit. Must not throw or block.
class IntakeSink {
 public:
  IntakeSink() = default;
  IntakeSink(const IntakeSink&) = delete;
  IntakeSink& operator=(const IntakeSink&) = delete;
  virtual ~IntakeSink() = default;
  /// Something was committed: what it put into the outbox is due. Before the other two.
  virtual void committed() = 0;
  virtual void message(const MessageSummary& summary) = 0;
  virtual void alert(const Alert& alert) = 0;
};

}  // namespace gateway::intake
