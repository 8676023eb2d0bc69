#include "fhir/validate/walk.hpp"

#include <algorithm>
#include <utility>

#include "fhir/definitions/well_known.hpp"
#include "fhir/terminology/library.hpp"
#include "fhir/terminology/terminology.hpp"
#include "fhir/validate/binding_check.hpp"
#include "fhir/validate/bundle_check.hpp"
#include "fhir/validate/extension_check.hpp"
#include "fhir/validate/narrative_check.hpp"
#include "fhir/validate/reference_check.hpp"
#include "fhir/validate/resource_rules.hpp"
#include "fhir/validate/slicer.hpp"

namespace fhir::validate {

using tree::Node;
using tree::TypeKind;
using tree::TypeRow;

namespace {

/// Restores what a nested question changes of the walk.
template <class T>
class Restore {
 public:
  Restore(T& place, T value) : place_(place), before_(std::exchange(place, std::move(value))) {}
  ~Restore() { place_ = std::move(before_); }
  Restore(const Restore&) = delete;
  Restore& operator=(const Restore&) = delete;

 private:
  T& place_;
  T before_;
};

constexpr unsigned kMaxNested = 24;

}  // namespace

Walk::Walk(const Shared& shared, Node root, std::string_view source)
    : shared_(shared),
      root_(root),
      findings_(source, shared.options.max_issues),
      attachment_(shared.definitions.table.find_name("Attachment")),
      identifier_(shared.definitions.table.find_name("Identifier")) {}

Walk::~Walk() = default;

IssueList Walk::run(std::span<const std::string> profiles) {
  if (!root_ || root_.row().kind != TypeKind::kResource) {
    findings_.add(root_, Severity::kFatal, IssueType::kStructure, {"not a FHIR R4 resource"});
    return findings_.take();
  }
  Actives actives;
  for (const std::string& profile : profiles)
    apply(root_, profile, actives, Severity::kError);
  visit(root_, actives, 0);
  return findings_.take();
}

void Walk::visit(Node node, Actives& actives, unsigned depth) {
  if (findings_.is_decided()) return;
  const TypeRow& row = node.row();
  if (depth > kMaxDepth)
    return findings_.error(node, IssueType::kTooCostly, {"nested too deeply to be checked"});
  if (row.kind == TypeKind::kUnknown) {
    if (base_) findings_.error(node.parent(), IssueType::kStructure, {"an element here is not defined"});
    return;
  }
  if (row.kind == TypeKind::kResource) return visit_resource(node, actives, depth);
  ChildMask present;
  if (base_) check_base(node, row, present);
  if (row.type == definitions::kExtensionType && node.name_id() != definitions::kValueName)
    ExtensionCheck(*this).check(node, actives);
  for (std::size_t i = 0; i < actives.size(); ++i)
    check_rule(node, Active(actives[i]), actives);
  if (base_ && row.type == definitions::kCodingType) BindingCheck(*this).check_coding(node);
  if (base_) check_invariants(node, node.row_id(), present);
  visit_children(node, actives, depth);
}

void Walk::visit_resource(Node node, Actives& actives, unsigned depth) {
  const bool contained = node.name_id() == definitions::kContainedName && resource_;
  if (contained && base_ && !shared_.options.check_contained) return;
  const Restore resource(resource_, node);
  const Restore container(container_, contained ? container_ : node);
  const TypeRow& row = node.row();
  if (row.type == definitions::kResourceType || row.type == definitions::kDomainResourceType) {
    if (base_) {
      findings_.error(node, IssueType::kStructure,
                      {"a resource must say its type, one of the concrete types of FHIR R4"});
    }
    return;
  }
  ChildMask present;
  if (base_) {
    check_base(node, row, present);
    apply_profiles(node, actives);
  }
  for (std::size_t i = 0; i < actives.size(); ++i)
    check_rule(node, Active(actives[i]), actives);
  if (base_) {
    check_invariants(node, node.row_id(), present);
    ReferenceCheck(*this).check_contained(node);
    if (row.type == definitions::kBundleType) BundleCheck(*this).check(node);
    check_resource_rules(*this, node);
  }
  visit_children(node, actives, depth);
}

void Walk::visit_children(Node node, const Actives& actives, unsigned depth) {
  if (actives.empty()) {
    if (!base_) return;
    Actives none;
    for (Node child = node.first_child(); child; child = child.next_sibling()) {
      none.clear();
      visit(child, none, depth + 1);
    }
    return;
  }
  boost::container::small_vector<Node, 16> children;
  for (Node child = node.first_child(); child; child = child.next_sibling())
    children.push_back(child);
  std::vector<Actives> below(children.size());
  for (const Active& active : actives)
    check_children(node, active, children, below);
  for (std::size_t i = 0; i < children.size(); ++i) {
    if (base_ || !below[i].empty() || children[i].row().type == definitions::kExtensionType)
      visit(children[i], below[i], depth + 1);
  }
}

void Walk::check_children(Node node, const Active& active, std::span<const Node> children,
                          std::span<Actives> below) {
  Slicer(*this).check(node, active, children, below);
}

bool Walk::conforms(Node node, const Active& active, bool with_base) {
  if (nested_ >= kMaxNested) return true;
  const Question question{node.tree(), node.index(), active.rule, with_base};
  const auto [slot, fresh] = answers_.try_emplace(question);
  if (!fresh) return !slot->second.decided || slot->second.conforms;
  bool passed = false;
  {
    const Restore nested(nested_, nested_ + 1);
    const Restore base(base_, with_base || !(node.tree() == root_.tree()));
    const Restore resource(resource_, resource_);
    const Restore container(container_, container_);
    if (node.tree() != root_.tree() || !resource_) {
      container_ = container_of(node);
      resource_ = container_;
    }
    const Findings::Quiet quiet(findings_);
    Actives actives;
    if (active.program->constrains) actives.push_back(active);
    visit(node, actives, 0);
    passed = !quiet.failed();
  }
  Answer& answer = answers_[question];
  answer.decided = true;
  answer.conforms = passed;
  return passed;
}

void Walk::check_also(Node resource, std::string_view profile) {
  const Restore base(base_, false);
  const Restore outer(resource_, resource_);
  const Restore container(container_, container_);
  Actives actives;
  apply(resource, profile, actives, Severity::kError);
  if (!actives.empty()) visit(resource, actives, 0);
}

bool Walk::conforms(Node node, std::string_view profile) {
  constexpr std::string_view kBase = "http://hl7.org/fhir/StructureDefinition/";
  const Program* program = shared_.programs.find(profile);
  if (program == nullptr) {
    return profile.starts_with(kBase) && shared_.definitions.is_a(node.type(), profile.substr(kBase.size()));
  }
  if (!shared_.definitions.is_a(node.type(), program->type)) return false;
  return !program->constrains || conforms(node, {program, &program->root()});
}

const terminology::ValueSet* Walk::contained_set(Node definition, std::string_view fragment) {
  if (!fragment.starts_with('#')) return nullptr;
  for (const Node contained : definition.children("contained")) {
    if (contained.type() != "ValueSet" || contained.child("id").text() != fragment.substr(1)) continue;
    auto& slot = contained_sets_[{contained.tree(), contained.index()}];
    if (!slot) slot = shared_.terminology.library().compile(contained);
    return slot.get();
  }
  return nullptr;
}

Node Walk::resolve(std::string_view reference, Node from) {
  return resolver_.resolve(reference, from ? from : resource_).target;
}

std::optional<bool> Walk::member_of(Node coded, std::string_view value_set) {
  return shared_.terminology.member_of(coded, value_set);
}

std::optional<bool> Walk::conforms_to(Node node, std::string_view profile) {
  constexpr std::string_view kBase = "http://hl7.org/fhir/StructureDefinition/";
  const Program* program = shared_.programs.find(profile);
  if (program == nullptr && !profile.starts_with(kBase)) return std::nullopt;
  if (program == nullptr || !shared_.definitions.is_a(node.type(), program->type))
    return conforms(node, profile);
  return conforms(node, {program, &program->root()}, true);
}

std::optional<bool> Walk::html_checks(Node xhtml) {
  return NarrativeCheck::passes(xhtml);
}

}  // namespace fhir::validate
