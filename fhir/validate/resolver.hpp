// What references in one tree point to: contained resources and entries of Bundles, each looked up in an
// index made once (FHIR R4 2.36.4, 2.3.0.5).
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "fhir/tree/tree.hpp"

namespace fhir::validate {

/// How a reference was meant to be found.
enum class ReferenceKind : std::uint8_t { kContained, kBundled, kRemote };

struct Resolution {
  ReferenceKind kind = ReferenceKind::kRemote;
  tree::Node target;          ///< Empty: not here.
  std::size_t matches = 0;    ///< Entries that fit.
  bool same_id = false;       ///< Nothing fits, but an entry has the type and id.
  bool type_differs = false;  ///< The entry found is of another type than the reference says.
};

/// One entry of a Bundle.
struct BundleEntry {
  tree::Node entry;
  tree::Node resource;
  std::string_view full_url;
  std::string_view id;
  std::string_view version;
};

/// A Bundle with its entries indexed.
class BundleIndex {
 public:
  explicit BundleIndex(tree::Node bundle);
  [[nodiscard]] std::span<const BundleEntry> entries() const noexcept { return entries_; }
  [[nodiscard]] Resolution find(std::string_view reference, std::string_view full_url) const;
  /// Positions of the entries with this fullUrl.
  [[nodiscard]] std::span<const std::uint32_t> at_url(std::string_view full_url) const;
  /// The position of the entry around a node, or the number of entries.
  [[nodiscard]] std::size_t position(tree::Node entry) const;

 private:
  std::vector<BundleEntry> entries_;
  std::unordered_map<std::string_view, std::vector<std::uint32_t>> by_url_;
  std::unordered_map<std::string, std::uint32_t> by_type_and_id_;
  std::unordered_map<tree::NodeIndex, std::uint32_t> positions_;
};

/// Not thread-safe. Cost: linear in the entries of a Bundle when it is first met, then constant.
class Resolver {
 public:
  /// `from` is the element that holds the reference, or one above it within the same resource.
  [[nodiscard]] Resolution resolve(std::string_view reference, tree::Node from);
  [[nodiscard]] const BundleIndex& index_of(tree::Node bundle);
  /// Contained resources of a resource, by id.
  [[nodiscard]] tree::Node contained(tree::Node container, std::string_view id);

 private:
  std::unordered_map<const void*, std::unordered_map<tree::NodeIndex, std::unique_ptr<BundleIndex>>> bundles_;
  tree::Node container_;
  std::unordered_map<std::string_view, tree::Node> contained_;
};

/// The resource that `contained` of the place stands in: the outermost resource within the Bundle entry.
[[nodiscard]] tree::Node container_of(tree::Node from);

}  // namespace fhir::validate
