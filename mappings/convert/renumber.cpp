// A message of ours again, under the number its patient has now.
#include <algorithm>
#include <utility>

#include "fhir/tree/tree_builder.hpp"
#include "mappings/convert/control_id.hpp"
#include "mappings/convert/converter.hpp"
#include "mappings/convert/converter_body.hpp"
#include "mappings/convert/outward_names.hpp"
#include "mappings/convert/partner_names.hpp"
#include "mappings/hl7v2/character_set.hpp"
#include "mappings/hl7v2/read.hpp"
#include "mappings/hl7v2/v2_types.hpp"
#include "mappings/hl7v2/write.hpp"

namespace mappings::convert {
namespace {

using fhir::IssueType;
using fhir::tree::kNoNode;
using fhir::tree::Node;
using fhir::tree::NodeIndex;
using fhir::tree::TreePtr;

void refuse(Outward& out, IssueType type, std::string text) {
  out.issues.add(fhir::Severity::kError, type, "", std::move(text));
}

/// The number of PID-3 that a node is part of; empty when it is part of none.
Node number_around(Node node) {
  while (node && node.name() != "PID_3")
    node = node.parent();
  return node;
}

class Renumbering {
 public:
  Renumbering(const PartnerNames& names, std::span<const PatientNumber> prior, const PatientNumber& survivor,
              std::string authority, std::string control_id)
      : names_(names),
        prior_(prior),
        survivor_(survivor),
        authority_(std::move(authority)),
        control_id_(std::move(control_id)) {}

  TreePtr run(const fhir::tree::Tree& from) {
    fhir::tree::TreeBuilder builder(from.table(), from.node_count());
    std::vector<NodeIndex> went(from.node_count(), kNoNode);
    for (NodeIndex at = 0; at < from.node_count(); ++at) {
      const fhir::tree::NodeRecord& record = from.record(at);
      const Node node(&from, at);
      const bool local = (record.name & fhir::tree::kLocalName) != 0;
      const fhir::tree::NameId name = local ? builder.intern(node.name()) : record.name;
      went[at] = record.parent == kNoNode ? builder.add_root(name, record.row)
                                          : builder.add(went[record.parent], name, record.row);
      builder.set_source(went[at], record.source);
      if (record.kind != fhir::tree::ValueKind::kNone)
        builder.set_value(went[at], record.kind, text_of(node));
    }
    return builder.finish();
  }
  [[nodiscard]] bool changed() const noexcept { return changed_; }
  [[nodiscard]] bool nameless() const noexcept { return nameless_; }

 private:
  std::string_view text_of(Node node) {
    if (node.name() == "MSH_10") return control_id_;
    const Node number = number_around(node);
    if (!number) return node.text();
    const std::string_view value = number.child("c1").text();
    const Node by = number.child("c4");
    std::string key(by.child("s1").text());
    key.append("|").append(by.child("s2").text()).append("|").append(number.child("c5").text()).append("|");
    const std::string system = names_.find("patient-system", key.append(value)).value_or(std::string());
    const bool merged = std::ranges::any_of(
        prior_, [&](const PatientNumber& one) { return one.system == system && one.value == value; });
    if (!merged) return node.text();
    changed_ = true;
    if (node.name() == "c1") return survivor_.value;
    if (survivor_.system == system || !(node.parent() == by)) return node.text();
    // Another authority: only one that the partner has a name for can take this one's place.
    nameless_ = nameless_ || authority_.empty();
    return node.name() == "s1" ? std::string_view(authority_) : std::string_view();
  }

  const PartnerNames& names_;
  std::span<const PatientNumber> prior_;
  const PatientNumber& survivor_;
  std::string authority_;
  std::string control_id_;
  bool changed_ = false;
  bool nameless_ = false;
};

}  // namespace

Outward Converter::renumber(std::string_view bytes, std::string_view id, std::span<const PatientNumber> prior,
                            const PatientNumber& survivor, const Manifest& partner,
                            const KeyedHash& hash) const {
  Outward out;
  fhir::tree::ReadOutcome outcome = hl7v2::read(bytes, {}, {});
  if (outcome.tree == nullptr || outcome.issues.has_error()) {
    refuse(out, IssueType::kInvalid, "the message cannot be read");
    return out;
  }
  const Node message = outcome.tree->root();
  const std::string_view declared = message.at("MSH", "MSH_18").text();
  const auto characters = hl7v2::CharacterSet::find(declared.empty() ? "UTF-8" : declared);
  if (!characters) {
    refuse(out, IssueType::kNotSupported, "the character set of the message is not known");
    return out;
  }
  std::string number = control_id(hash, partner.partner, message.type(), id);
  const PartnerNames names(body_->names, partner, message);
  const OutwardNames given(body_->names, partner, {});
  Renumbering renumbering(names, prior, survivor,
                          given.find("id-name", survivor.system).value_or(std::string()), number);
  out.message = renumbering.run(*outcome.tree);
  if (!renumbering.changed()) return out;
  if (renumbering.nameless()) {
    refuse(out, IssueType::kNotSupported, "the partner has no name for the system of the number");
    return out;
  }
  fhir::Result<std::string> written = hl7v2::write_in(out.message->root(), *characters, {});
  if (!written.has_value()) {
    refuse(out, IssueType::kNotSupported, "the number has characters that the character set has not");
    return out;
  }
  out.bytes = std::move(*written);
  out.control_id = std::move(number);
  return out;
}

}  // namespace mappings::convert
