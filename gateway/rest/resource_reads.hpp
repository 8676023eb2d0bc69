// Reads of stored resources: what the caller may see, with the read on record.
//
// A partner sees what concerns it: every stored resource has an audience, and reads ask for it as searches
// do. What is not for the caller does not exist for it. Every read is in the audit chain before its answer
// leaves.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "fhir/search/query.hpp"
#include "gateway/async/asio.hpp"
#include "gateway/commit/committer.hpp"
#include "gateway/store/store.hpp"

namespace gateway::rest {

/// I/O thread. What it takes outlives it.
class ResourceReads {
 public:
  ResourceReads(commit::Committer& committer, const fhir::Clock& clock)
      : committer_(committer), clock_(clock) {}

  /// The current version. kNotFound also for what is not the caller's to see.
  [[nodiscard]] async::awaitable<fhir::Result<store::ResourceRow>> read(store::Caller caller,
                                                                        std::string type, std::string id);
  /// One page. Errors of ResourceStore::search.
  [[nodiscard]] async::awaitable<fhir::Result<store::ResourcePage>> search(store::Caller caller,
                                                                           fhir::search::Query query);

 private:
  commit::Committer& committer_;
  const fhir::Clock& clock_;
};

/// Operators and the gateway itself see everything.
[[nodiscard]] bool sees_everything(const store::Caller& caller) noexcept;

}  // namespace gateway::rest
