// Turns the events of a JSON parser into the element tree by the rules of FHIR JSON (FHIR R4 2.6.2).
//
// It knows no parser: events come with byte offsets, texts are ranges of the buffer the tree adopts. Every
// event answers whether parsing may go on.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/base/limits.hpp"
#include "fhir/json/member_set.hpp"
#include "fhir/tree/read_report.hpp"
#include "fhir/tree/tree_builder.hpp"

namespace fhir::json {

/// A decoded string or a number: its text, and the offset where its content starts in source and buffer
/// alike.
struct Token {
  std::uint32_t offset = 0;
  std::string_view text;
};

/// One document, used once. Not thread-safe.
class TreeAssembler {
 public:
  /// `source` are the bytes as they came. All references outlive the assembler.
  TreeAssembler(std::string_view source, tree::TreeBuilder& builder, const ReadLimits& limits,
                tree::ReadReport& report);

  [[nodiscard]] bool start_object(std::uint32_t offset);
  [[nodiscard]] bool key(Token name);
  [[nodiscard]] bool end_object(std::uint32_t end);
  [[nodiscard]] bool start_array(std::uint32_t offset);
  [[nodiscard]] bool end_array(std::size_t items, std::uint32_t end);
  [[nodiscard]] bool string(Token value);
  [[nodiscard]] bool number(Token value);
  [[nodiscard]] bool boolean(Token value);
  [[nodiscard]] bool null(std::uint32_t offset);

  /// Called once after a whole document: reports nulls that stand for nothing.
  void finish();
  /// The place reached, for an error of the parser itself.
  [[nodiscard]] tree::ReadReport::Place place() const noexcept;

 private:
  enum class Mode : std::uint8_t {
    kPlain,      ///< `name`: its values are nodes.
    kExtension,  ///< `_name`: its objects add to the nodes of `name`.
    kType,       ///< `resourceType`: names the row of its object.
  };
  /// The member whose value comes next.
  struct Member {
    tree::RowId row = tree::kUnknownRow;
    tree::NameId name = tree::kNoName;
    tree::NodeIndex next = tree::kNoNode;  ///< A node the partner member made, to be filled next.
    std::uint32_t left = 0;                ///< How many of those there still are.
    std::uint32_t seen = 0;
    std::uint32_t arrays = 0;  ///< Arrays open around the value.
    std::uint16_t flags = 0;
    Mode mode = Mode::kPlain;
    tree::TypeKind kind = tree::TypeKind::kUnknown;
    tree::JsonForm form = tree::JsonForm::kNone;
  };
  struct Frame {
    tree::NodeIndex node = tree::kNoNode;
    tree::RowId row = tree::kUnknownRow;
    std::uint32_t start = 0;
    bool is_resource = false;
    bool awaits_type = false;  ///< A resource before its first member.
    MemberSets::Scope members;
    Member member;
  };

  [[nodiscard]] Frame& top() noexcept { return frames_.back(); }
  [[nodiscard]] bool fatal(IssueType type, std::string text, std::size_t offset);
  void error(IssueType type, std::string text, std::size_t offset);
  void error_at(tree::NodeIndex node, IssueType type, std::string text, std::size_t offset);
  [[nodiscard]] bool deeper(std::uint32_t offset);
  [[nodiscard]] bool open_root(std::uint32_t offset);

  [[nodiscard]] bool resolve_type(Frame& frame, Token name);
  [[nodiscard]] bool set_type(Frame& frame, std::string_view type, std::uint32_t offset);
  [[nodiscard]] bool type_value(Token value);
  void select_member(Frame& frame, std::string_view name);
  [[nodiscard]] bool repeated(Frame& frame, MemberKey key, std::uint32_t offset);

  /// The node for the next value of the member, made if need be; kNoNode after a fatal finding.
  [[nodiscard]] tree::NodeIndex next_node(Frame& frame, std::uint32_t offset);
  [[nodiscard]] bool set_value(Token value, tree::ValueKind kind, tree::SourceSpan span);
  void check_form(tree::NodeIndex node, tree::ValueKind kind, std::size_t offset);
  [[nodiscard]] bool escaped_string(std::string_view decoded, std::uint32_t offset, std::string_view what);

  std::string_view source_;
  tree::TreeBuilder& builder_;
  const tree::TypeTable& table_;
  const ReadLimits& limits_;
  tree::ReadReport& report_;
  std::vector<Frame> frames_;
  MemberSets members_;
  std::vector<tree::NodeIndex> nulls_;
  std::uint32_t depth_ = 0;
  std::uint32_t unknown_names_ = 0;
};

}  // namespace fhir::json
