// What a stand-in partner saw and did, one JSON object a line, for people and tests that watch it.
//
// Unlike a log it holds what the messages say: a stand-in works with invented patients only.
#pragma once

#include <cstdint>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/base/instant.hpp"
#include "gateway/partner/script.hpp"
#include "gateway/partner/seen.hpp"

namespace gateway::partner {

/// One line being made; members with nothing to say are left out.
class JournalLine {
 public:
  JournalLine& text(std::string_view name, std::string_view value);
  JournalLine& number(std::string_view name, std::int64_t value);
  JournalLine& flag(std::string_view name, bool value);
  JournalLine& texts(std::string_view name, const std::vector<std::string>& values);
  JournalLine& communications(const std::vector<SeenCommunication>& all);
  JournalLine& attachments(const std::vector<SeenAttachment>& all);
  [[nodiscard]] std::string finish() const { return line_ + "}\n"; }

 private:
  void key(std::string_view name);
  std::string line_ = "{";
};

/// One thread. Every line is flushed. `out` and `clock` outlive it.
class Journal {
 public:
  Journal(std::ostream& out, const fhir::Clock& clock, std::string partner)
      : out_(out), clock_(clock), partner_(std::move(partner)) {}

  /// `{"at":...,"partner":"sussex-hub","did":"received"`: to be filled and given to write().
  [[nodiscard]] JournalLine line(std::string_view did) const;
  void write(const JournalLine& line);

 private:
  std::ostream& out_;
  const fhir::Clock& clock_;
  std::string partner_;
};

}  // namespace gateway::partner
