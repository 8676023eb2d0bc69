// The host of a single tree: references are looked for in that tree only.
#pragma once

#include <memory>
#include <string_view>

#include "fhir/path/host.hpp"
#include "fhir/tree/tree.hpp"

namespace fhir::path {

/// Resolves `#id` among the contained resources around the reference, and everything else among the entries
/// of the Bundle the tree is: by fullUrl, or `Type/id` against the fullUrl of the entry that holds the
/// reference (FHIR R4 2.36.4). A version in the reference is not compared.
///
/// conformsTo() knows the base definitions of the type table by their URL and answers by type alone: the tree
/// was read against that very table. Other profiles, terminology and narrative rules it does not answer. Not
/// thread-safe: the index is made on first use. Cost: linear once, then constant a reference.
class TreeHost : public Host {
 public:
  /// `root` is the whole resource; its tree outlives the host.
  explicit TreeHost(tree::Node root);
  ~TreeHost() override;

  [[nodiscard]] tree::Node resolve(std::string_view reference, tree::Node from) override;
  [[nodiscard]] std::optional<bool> conforms_to(tree::Node node, std::string_view profile) override;

 private:
  struct Index;
  [[nodiscard]] const Index& index();
  tree::Node root_;
  std::unique_ptr<Index> index_;
};

}  // namespace fhir::path
