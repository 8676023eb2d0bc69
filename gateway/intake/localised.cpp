#include "gateway/intake/localised.hpp"

#include <algorithm>
#include <utility>

#include "fhir/json/writer.hpp"
#include "fhir/tree/tree_builder.hpp"
#include "gateway/security/digest.hpp"

namespace gateway::intake {

namespace {

using fhir::tree::kNoNode;
using fhir::tree::Node;
using fhir::tree::NodeIndex;
using fhir::tree::NodeRecord;
using fhir::tree::ValueKind;

/// Copies the tree in document order, so that a parent is always made before its children; remembers where
/// every node went.
class Copier {
 public:
  Copier(const bars::BarsMessage& message, const LocalNames& names, std::vector<LocalResource>& resources)
      : message_(message),
        names_(names),
        resources_(resources),
        from_(*message.tree),
        builder_(from_.table(), from_.node_count() + resources.size() * 4),
        went_(from_.node_count(), kNoNode),
        entry_of_(from_.node_count(), kNoNode),
        updated_(fhir::to_text(names.at)) {
    for (NodeIndex at = 0; at < resources_.size(); ++at)
      entry_of_[resources_[at].received.index()] = at;
    reference_name_ = from_.table().find_name("reference");
    url_name_ = from_.table().find_name("url");
    id_name_ = from_.table().find_name("id");
    meta_name_ = from_.table().find_name("meta");
    full_url_name_ = from_.table().find_name("fullUrl");
    reference_type_ = from_.table().find_name("Reference");
    attachment_type_ = from_.table().find_name("Attachment");
  }

  fhir::tree::TreePtr run() {
    Node node = from_.root();
    copy(node);
    while (node) {
      Node next = skip_ ? Node() : node.first_child();
      skip_ = false;
      while (!next) {
        next = node.next_sibling();
        if (next) break;
        node = node.parent();
        if (!node || node == from_.root()) return builder_.finish();
      }
      node = next;
      copy(node);
    }
    return builder_.finish();
  }

  [[nodiscard]] NodeIndex went(Node node) const { return node ? went_[node.index()] : kNoNode; }

 private:
  void copy(Node node) {
    const NodeRecord& record = from_.record(node.index());
    if (record.parent == kNoNode) {
      went_[node.index()] = builder_.add_root(name_of(node), record.row);
      return;
    }
    const NodeIndex parent = went_[record.parent];
    const NodeIndex owner = entry_of_[record.parent];
    if (owner != kNoNode && (record.name == id_name_ || record.name == meta_name_)) {
      if (record.name == meta_name_) add_meta(parent, owner, node);
      skip_ = true;
      return;
    }
    const NodeIndex made = builder_.add(parent, name_of(node), record.row);
    went_[node.index()] = made;
    if (entry_of_[node.index()] != kNoNode) open_resource(made, entry_of_[node.index()], node);
    if (record.kind == ValueKind::kNone) return;
    if (record.name == full_url_name_) {
      set_full_url(made, node);
    } else if (const LocalResource* target = target_of(node, record)) {
      set(made, std::string(target->received.type()) + "/" + target->id);
    } else {
      builder_.set_value(made, record.kind, node.text());
    }
  }

  fhir::tree::NameId name_of(Node node) {
    return (node.name_id() & fhir::tree::kLocalName) != 0 ? builder_.intern(node.name()) : node.name_id();
  }

  void set(NodeIndex node, std::string_view text) { builder_.set_value(node, ValueKind::kString, text); }

  void add_text(NodeIndex parent, std::string_view name, std::string_view text) {
    const auto& table = from_.table();
    const fhir::tree::RowId row = table.child(builder_.record(parent).row, name);
    set(builder_.add(parent, table.row(row).name, row), text);
  }

  void open_resource(NodeIndex made, NodeIndex entry, Node received) {
    add_text(made, "id", resources_[entry].id);
    if (!received.child("meta")) add_meta(made, entry, Node());
  }

  void add_meta(NodeIndex parent, NodeIndex entry, Node received) {
    const auto& table = from_.table();
    const fhir::tree::RowId row = table.child(builder_.record(parent).row, "meta");
    const NodeIndex meta = builder_.add(parent, table.row(row).name, row);
    if (received) went_[received.index()] = meta;
    if (!resources_[entry].stable) add_text(meta, "versionId", "1");
    add_text(meta, "lastUpdated", updated_);
    for (const Node child : received.children()) {
      if (child.name() == "versionId" || child.name() == "lastUpdated") continue;
      builder_.add_copy(meta, name_of(child), child.row_id(), child);
    }
  }

  void set_full_url(NodeIndex made, Node node) {
    const Node resource = node.parent().child("resource");
    const NodeIndex entry = resource ? entry_of_[resource.index()] : kNoNode;
    if (entry == kNoNode) {
      set(made, node.text());
      return;
    }
    std::string url(names_.base_url);
    url.append("/").append(resource.type()).append("/").append(resources_[entry].id);
    set(made, url);
  }

  /// The entry a Reference.reference or an Attachment.url names.
  const LocalResource* target_of(Node node, const NodeRecord& record) const {
    const bool reference = record.name == reference_name_;
    if (!reference && record.name != url_name_) return nullptr;
    const fhir::tree::NameId owner = from_.table().row(node.parent().row_id()).type;
    if (owner != (reference ? reference_type_ : attachment_type_)) return nullptr;
    const Node target =
        reference ? message_.index.resolve(node.parent()) : message_.index.resolve(node.text());
    if (!target || target.tree() != &from_) return nullptr;
    const NodeIndex entry = entry_of_[target.index()];
    return entry == kNoNode ? nullptr : &resources_[entry];
  }

  const bars::BarsMessage& message_;
  const LocalNames& names_;
  std::vector<LocalResource>& resources_;
  const fhir::tree::Tree& from_;
  fhir::tree::TreeBuilder builder_;
  std::vector<NodeIndex> went_;
  std::vector<NodeIndex> entry_of_;  // by node: index into resources_ when the node is an entry's resource
  std::string updated_;
  bool skip_ = false;
  fhir::tree::NameId reference_name_, url_name_, id_name_, meta_name_, full_url_name_;
  fhir::tree::NameId reference_type_, attachment_type_;
};

bool taken(const std::vector<LocalResource>& resources, const LocalResource& candidate) {
  return std::ranges::any_of(resources, [&](const LocalResource& one) {
    return one.id == candidate.id && one.received.type() == candidate.received.type();
  });
}

std::vector<LocalResource> name_entries(const bars::BarsMessage& message, ResourceIds& ids,
                                        const LocalNames& names) {
  std::vector<LocalResource> resources;
  for (const Node entry : message.tree->root().children("entry")) {
    const Node resource = entry.child("resource");
    if (!resource || resource.type() == "MessageHeader") continue;
    LocalResource local;
    local.received = resource;
    local.stable = has_stable_id(resource);
    local.id = ids.of(names.partner, resource);
    // Two entries that name one person are both kept; only the first goes by the person's id.
    if (local.stable && taken(resources, local)) {
      local.stable = false;
      local.id = ids.next();
    }
    // Asked last, so that the ids of the others do not depend on what is known.
    std::string known = names.known ? names.known(resource) : std::string();
    // A message read again calls its own resources as it did before: those are as they were.
    if (!known.empty() && known != local.id) {
      local.stable = true;
      local.id = std::move(known);
    }
    resources.push_back(std::move(local));
  }
  return resources;
}

void move_nodes(bars::BarsMessage& message, const Copier& copier, const fhir::tree::TreePtr& tree) {
  const auto move = [&](Node& node) { node = Node(tree.get(), copier.went(node)); };
  const auto move_all = [&](std::vector<Node>& nodes) { std::ranges::for_each(nodes, move); };
  for (Node* node : {&message.header, &message.sender, &message.receiver, &message.focus,
                     &message.service_request, &message.appointment, &message.patient, &message.encounter,
                     &message.care_plan, &message.healthcare_service, &message.slot})
    move(*node);
  for (std::vector<Node>* nodes :
       {&message.organisations, &message.practitioners, &message.practitioner_roles, &message.tasks,
        &message.communications, &message.encounters, &message.documents})
    move_all(*nodes);
  message.index = bars::ReferenceIndex();
  fhir::IssueList none;
  for (const Node entry : tree->root().children("entry"))
    message.index.add(entry, none);
  message.tree = tree;
}

}  // namespace

const LocalResource* LocalMessage::find(Node resource) const noexcept {
  for (const LocalResource& local : resources) {
    if (local.resource == resource || local.received == resource) return &local;
  }
  return nullptr;
}

std::string content_digest(const LocalMessage& message) {
  security::Sha256 digest;
  for (const LocalResource& resource : message.resources)
    digest.update(fhir::json::write(resource.resource)).update("\n");
  return security::to_hex(digest.finish());
}

std::string content_digest(std::span<const store::ResourceWrite> written) {
  security::Sha256 digest;
  for (const store::ResourceWrite& resource : written)
    digest.update(resource.json).update("\n");
  return security::to_hex(digest.finish());
}

LocalMessage localise(const bars::BarsMessage& message, ResourceIds& ids, const LocalNames& names) {
  LocalMessage local;
  local.resources = name_entries(message, ids, names);
  Copier copier(message, names, local.resources);
  const fhir::tree::TreePtr tree = copier.run();
  for (LocalResource& resource : local.resources)
    resource.resource = Node(tree.get(), copier.went(resource.received));
  local.received = message.tree;
  local.message = message;
  move_nodes(local.message, copier, tree);
  return local;
}

}  // namespace gateway::intake
