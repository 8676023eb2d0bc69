#include "fhir/json/member_set.hpp"

namespace fhir::json {

std::uint32_t MemberSets::find(const Scope& scope, MemberKey key) const {
  if (size(scope) > kScanned) {
    const auto found = index_.find(hash_key(scope, key));
    return found == index_.end() ? kNone : found->second;
  }
  for (auto at = scope.begin; at < seen_.size(); ++at) {
    if (seen_[at].key == key) return at;
  }
  return kNone;
}

void MemberSets::index_from(const Scope& scope, std::uint32_t newest) {
  const std::uint32_t first = newest - scope.begin == kScanned ? scope.begin : newest;
  for (std::uint32_t at = first; at <= newest; ++at)
    index_.emplace(hash_key(scope, seen_[at].key), at);
}

void MemberSets::close(const Scope& scope) {
  if (size(scope) > kScanned) {
    for (auto at = scope.begin; at < seen_.size(); ++at)
      index_.erase(hash_key(scope, seen_[at].key));
  }
  seen_.resize(scope.begin);
}

}  // namespace fhir::json
