// Turns the events of the XML parser into the element tree by the rules of FHIR XML (FHIR R4 2.6.1).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/base/limits.hpp"
#include "fhir/tree/read_report.hpp"
#include "fhir/tree/tree_builder.hpp"
#include "fhir/xml/div_text.hpp"
#include "fhir/xml/parser.hpp"

namespace fhir::xml {

/// One document, used once. Not thread-safe.
class TreeAssembler final : public Events {
 public:
  /// All references outlive the assembler.
  TreeAssembler(std::string_view source, tree::TreeBuilder& builder, const ReadLimits& limits,
                tree::ReadReport& report);

  bool start(const StartTag& tag) override;
  bool end(std::size_t end) override;
  bool text(std::string_view piece) override;

  /// The place reached, for an error of the parser itself.
  [[nodiscard]] tree::ReadReport::Place place() const noexcept;

 private:
  struct Frame {
    tree::NodeIndex node = tree::kNoNode;  ///< Of a slot: the element the resources go into.
    tree::RowId row = tree::kUnknownRow;   ///< Children are looked up in it.
    tree::RowId slot =
        tree::kUnknownRow;  ///< Not unknown: this is `contained` or `resource` and holds a resource.
    tree::RowId last_child = tree::kUnknownRow;
    std::size_t start = 0;
    std::uint32_t resources = 0;
    bool text_reported = false;
    std::vector<tree::RowId> child_rows;  ///< Those that came before last_child.
  };

  [[nodiscard]] bool fatal(IssueType type, std::string text, std::size_t offset);
  void error(tree::NodeIndex node, IssueType type, std::string text, std::size_t offset);
  [[nodiscard]] bool start_root(const StartTag& tag);
  [[nodiscard]] bool start_resource(const StartTag& tag, Frame& slot);
  [[nodiscard]] bool start_child(const StartTag& tag, Frame& parent);
  void check_adjacent(Frame& parent, tree::RowId row, tree::NodeIndex node, std::size_t offset);
  [[nodiscard]] tree::NodeIndex add(tree::NodeIndex parent, tree::NameId name, tree::RowId row,
                                    std::size_t offset);
  [[nodiscard]] bool intern(std::string_view name, std::size_t offset, tree::NameId& id);
  [[nodiscard]] bool open(const StartTag& tag, tree::NodeIndex node, tree::RowId row);
  [[nodiscard]] bool take_attributes(const StartTag& tag, tree::NodeIndex node, tree::RowId row);
  [[nodiscard]] bool take_attribute(const Attribute& attribute, const StartTag& tag, tree::NodeIndex node,
                                    tree::RowId row);
  void set_value(tree::NodeIndex node, std::string_view value, std::size_t offset);

  std::string_view source_;
  tree::TreeBuilder& builder_;
  const tree::TypeTable& table_;
  const ReadLimits& limits_;
  tree::ReadReport& report_;
  std::vector<Frame> frames_;
  std::optional<DivText> div_;
  tree::NodeIndex div_node_ = tree::kNoNode;
};

}  // namespace fhir::xml
