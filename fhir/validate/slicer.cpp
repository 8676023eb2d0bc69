#include "fhir/validate/slicer.hpp"

#include <algorithm>
#include <string>

#include "fhir/definitions/well_known.hpp"
#include "fhir/validate/compare.hpp"

namespace fhir::validate {

using tree::Node;

namespace {

constexpr std::size_t kNoSlice = static_cast<std::size_t>(-1);

bool is_named(Node child, const ElementRule& rule) {
  return child.name() == rule.name || (!rule.choice && child.serial_name() == rule.name);
}

/// Slicing that the profile leaves out where it can only be one thing.
const Slicing& implied_slicing(const ElementRule& entry) {
  static const Slicing kByType{
      SlicingRules::kOpen, false, {Discriminator{DiscriminatorKind::kType, true, {}}}};
  static const Slicing kByUrl{SlicingRules::kOpen,
                              false,
                              {Discriminator{DiscriminatorKind::kValue, true, {{StepKind::kMember, "url"}}}}};
  return entry.choice ? kByType : kByUrl;
}

bool is_extension_rule(const ElementRule& rule) {
  return rule.name == "extension" || rule.name == "modifierExtension";
}

const Slicing* slicing_of(const ElementRule& entry) {
  if (entry.slicing && !entry.slicing->discriminators.empty()) return &*entry.slicing;
  if (entry.choice || is_extension_rule(entry)) return &implied_slicing(entry);
  return entry.slicing ? &*entry.slicing : nullptr;
}

}  // namespace

void Slicer::check(Node node, const Active& active, std::span<const Node> children,
                   std::span<Actives> below) {
  const Program& program = *active.program;
  const ElementRule* rule = active.rule;
  if (rule->children.empty() && rule->content_of != kNoRule) rule = &program.rule(rule->content_of);
  const Group group{node, &program, children, below};
  Members members;
  for (const RuleId id : rule->children) {
    const ElementRule& child = program.rule(id);
    members.clear();
    for (std::size_t i = 0; i < children.size(); ++i) {
      if (is_named(children[i], child)) members.push_back(i);
    }
    check_count(group, child, members.size());
    const Slicing* slicing = child.slices.empty() && !child.slicing ? nullptr : slicing_of(child);
    if (slicing != nullptr) {
      distribute(group, child, *slicing, members);
    } else {
      for (const std::size_t member : members)
        below[member].push_back({&program, &child});
    }
  }
}

void Slicer::check_count(const Group& group, const ElementRule& rule, std::size_t count) {
  Findings& findings = walk_.findings();
  const std::string_view colon = rule.slice_name.empty() ? "" : ":";
  if (count < rule.min) {
    const std::string least = std::to_string(rule.min);
    findings.error(group.parent, IssueType::kStructure,
                   {rule.path, colon, rule.slice_name, " must occur at least ", least,
                    rule.min == 1 ? " time (" : " times (", group.program->url, ")"});
  } else if (count > rule.max) {
    const std::string most = std::to_string(rule.max);
    findings.error(group.parent, IssueType::kStructure,
                   {rule.path, colon, rule.slice_name, " must not occur more than ", most,
                    rule.max == 1 ? " time (" : " times (", group.program->url, ")"});
  }
}

void Slicer::distribute(const Group& group, const ElementRule& entry, const Slicing& slicing,
                        const Members& members) {
  std::vector<std::size_t> taken(members.size(), kNoSlice);
  std::vector<Members> of_slice(entry.slices.size());
  std::size_t last = 0;
  for (std::size_t m = 0; m < members.size(); ++m) {
    const Node child = group.children[members[m]];
    for (std::size_t s = 0; s < entry.slices.size(); ++s) {
      const ElementRule& slice = group.program->rule(entry.slices[s]);
      if (!fits(child, group, slice, slicing)) continue;
      if (taken[m] != kNoSlice) {
        walk_.findings().error(child, IssueType::kProcessing,
                               {"this fits more than one slice of ", entry.path, " in ", group.program->url});
        break;
      }
      taken[m] = s;
      of_slice[s].push_back(members[m]);
      if (slicing.ordered && s < last) {
        walk_.findings().error(
            child, IssueType::kStructure,
            {"the slices of ", entry.path, " stand in another order in ", group.program->url});
      }
      last = std::max(last, s);
    }
    if (taken[m] == kNoSlice) group.below[members[m]].push_back({group.program, &entry});
  }
  report_unmatched(group, entry, slicing, taken, members);
  for (std::size_t s = 0; s < entry.slices.size(); ++s) {
    const ElementRule& slice = group.program->rule(entry.slices[s]);
    check_count(group, slice, of_slice[s].size());
    if (!slice.slices.empty()) {
      const Slicing* again =
          slice.slicing && !slice.slicing->discriminators.empty() ? &*slice.slicing : &slicing;
      distribute(group, slice, *again, of_slice[s]);
    } else {
      for (const std::size_t member : of_slice[s])
        group.below[member].push_back({group.program, &slice});
    }
  }
}

void Slicer::report_unmatched(const Group& group, const ElementRule& entry, const Slicing& slicing,
                              std::span<const std::size_t> taken, const Members& members) {
  if (slicing.rules == SlicingRules::kOpen) return;
  bool unmatched_before = false;
  for (std::size_t m = 0; m < members.size(); ++m) {
    const Node child = group.children[members[m]];
    if (taken[m] == kNoSlice && slicing.rules == SlicingRules::kClosed) {
      walk_.findings().error(
          child, IssueType::kInvalid,
          {"this fits no slice of ", entry.path, ", and the slicing is closed (", group.program->url, ")"});
    } else if (taken[m] != kNoSlice && unmatched_before && slicing.rules == SlicingRules::kOpenAtEnd) {
      walk_.findings().error(
          child, IssueType::kInvalid,
          {"what fits no slice of ", entry.path, " must stand behind the slices (", group.program->url, ")"});
    }
    unmatched_before = unmatched_before || taken[m] == kNoSlice;
  }
}

bool Slicer::fits(Node child, const Group& group, const ElementRule& slice, const Slicing& slicing) {
  const Active active{group.program, &slice};
  bool any = false;
  for (const Discriminator& discriminator : slicing.discriminators) {
    const Fit fit = fits(child, active, discriminator);
    if (fit == Fit::kNo) return false;
    any = any || fit == Fit::kYes;
  }
  return any;
}

Slicer::Fit Slicer::fits(Node child, const Active& slice, const Discriminator& discriminator) {
  if (!discriminator.readable) return Fit::kNo;
  const std::vector<Node> found = elements_at(child, discriminator.steps);
  const std::vector<Active> rules = rules_at(slice, discriminator.steps);
  const bool resolved = !discriminator.steps.empty() && discriminator.steps.back().kind == StepKind::kResolve;
  const auto any = [&](auto fitting) {
    return std::any_of(found.begin(), found.end(), fitting) ? Fit::kYes : Fit::kNo;
  };
  switch (discriminator.kind) {
    case DiscriminatorKind::kExists: return fits_presence(found, rules);
    case DiscriminatorKind::kValue:
    case DiscriminatorKind::kPattern: return fits_value(found, rules);
    case DiscriminatorKind::kType: return any([&](Node node) { return fits_type(node, rules, resolved); });
    case DiscriminatorKind::kProfile: {
      const bool speaks = resolved || std::any_of(rules.begin(), rules.end(), [](const Active& active) {
                            const auto& types = active.rule->types;
                            return active.rule == &active.program->root() ||
                                   std::any_of(types.begin(), types.end(),
                                               [](const TypeRule& type) { return !type.profiles.empty(); });
                          });
      if (!speaks || (found.empty() && !rules.empty() && rules.front().rule->min == 0 &&
                      rules.front().rule != slice.rule))
        return fits_presence(found, rules);
      return any([&](Node node) { return fits_profile(node, rules, resolved); });
    }
  }
  return Fit::kNo;
}

Slicer::Fit Slicer::fits_presence(std::span<const Node> found, std::span<const Active> rules) {
  if (rules.empty()) return Fit::kSilent;
  const ElementRule& rule = *rules.front().rule;
  if (rule.max == 0) return found.empty() ? Fit::kYes : Fit::kNo;
  if (rule.min == 0) return Fit::kSilent;
  return found.empty() ? Fit::kNo : Fit::kYes;
}

/// Is there anything in the rule, or below it, that a value could be compared with?
bool Slicer::prescribes(const Active& active, unsigned depth) const {
  constexpr unsigned kDepth = 4;
  const ElementRule& rule = *active.rule;
  if (rule.fixed || rule.pattern) return true;
  if (rule.binding == definitions::BindingStrength::kRequired && !rule.value_set.empty()) return true;
  if (depth == kDepth) return false;
  const auto speaks = [&](RuleId id) {
    return prescribes({active.program, &active.program->rule(id)}, depth + 1);
  };
  return std::any_of(rule.children.begin(), rule.children.end(), [&](RuleId id) {
    const auto& slices = active.program->rule(id).slices;
    return speaks(id) || std::any_of(slices.begin(), slices.end(), speaks);
  });
}

Slicer::Fit Slicer::fits_value(std::span<const Node> found, std::span<const Active> rules) {
  bool speaks = false;
  for (const Active& active : rules) {
    const ElementRule& rule = *active.rule;
    if (!prescribes(active, 0)) continue;
    speaks = true;
    const bool fitting = std::any_of(found.begin(), found.end(), [&](Node node) {
      if (rule.fixed) return is_equal(node, rule.fixed);
      if (rule.pattern) return matches_pattern(node, rule.pattern);
      if (rule.binding == definitions::BindingStrength::kRequired && !rule.value_set.empty())
        return walk_.host().member_of(node, rule.value_set).value_or(false);
      return has_prescribed(node, active, 0);
    });
    if (fitting) return Fit::kYes;
  }
  return speaks ? Fit::kNo : fits_presence(found, rules);
}

/// A discriminator may lead to an element whose parts are prescribed, not the element itself.
bool Slicer::has_prescribed(Node node, const Active& active, unsigned depth) {
  constexpr unsigned kDepth = 4;
  bool any = false;
  const Program& program = *active.program;
  for (const RuleId id : active.rule->children) {
    std::vector<RuleId> wanted(program.rule(id).slices);
    wanted.push_back(id);
    for (const RuleId part : wanted) {
      const ElementRule& rule = program.rule(part);
      const bool prescribes = rule.fixed || rule.pattern;
      if (!prescribes && (depth == kDepth || rule.children.empty() || rule.min == 0)) continue;
      if (!rule.slice_name.empty() && rule.min == 0) continue;
      bool fitting = false;
      bool present = false;
      for (const Node child : node.children()) {
        if (!is_named(child, rule)) continue;
        present = true;
        fitting = fitting || (rule.fixed     ? is_equal(child, rule.fixed)
                              : rule.pattern ? matches_pattern(child, rule.pattern)
                                             : has_prescribed(child, {&program, &rule}, depth + 1));
      }
      if (!fitting && (prescribes ? present || rule.min > 0 : false)) return false;
      any = any || fitting;
    }
  }
  return any;
}

bool Slicer::fits_type(Node found, std::span<const Active> rules, bool resolved) {
  const definitions::Definitions& definitions = walk_.shared().definitions;
  if (rules.empty()) return false;
  return std::any_of(rules.begin(), rules.end(), [&](const Active& active) {
    if (resolved || active.rule == &active.program->root())
      return definitions.is_a(found.type(), active.program->type);
    const auto& types = active.rule->types;
    return types.empty() || std::any_of(types.begin(), types.end(), [&](const TypeRule& type) {
             return definitions.is_a(found.type(), type.code);
           });
  });
}

bool Slicer::fits_profile(Node found, std::span<const Active> rules, bool resolved) {
  return std::any_of(rules.begin(), rules.end(), [&](const Active& active) {
    if (resolved || active.rule == &active.program->root()) return walk_.conforms(found, active.program->url);
    return std::any_of(active.rule->types.begin(), active.rule->types.end(), [&](const TypeRule& type) {
      return walk_.shared().definitions.is_a(found.type(), type.code) &&
             (type.profiles.empty() ||
              std::any_of(type.profiles.begin(), type.profiles.end(),
                          [&](std::string_view url) { return walk_.conforms(found, url); }));
    });
  });
}

std::vector<Node> Slicer::elements_at(Node from, std::span<const DiscriminatorStep> steps) {
  std::vector<Node> at{from};
  for (const DiscriminatorStep& step : steps) {
    std::vector<Node> next;
    for (const Node node : at) {
      switch (step.kind) {
        case StepKind::kMember:
          for (const Node child : node.children()) {
            if (child.name() == step.text || child.serial_name() == step.text) next.push_back(child);
          }
          break;
        case StepKind::kExtension:
          for (const Node child : node.children("extension")) {
            if (child.child("url").text() == step.text) next.push_back(child);
          }
          break;
        case StepKind::kOfType:
          if (walk_.shared().definitions.is_a(node.type(), step.text)) next.push_back(node);
          break;
        case StepKind::kResolve: {
          const std::string_view reference = node.has_value() ? node.text() : node.child("reference").text();
          const Node target = reference.empty() ? Node() : walk_.host().resolve(reference, node);
          if (target) next.push_back(target);
          break;
        }
      }
    }
    at = std::move(next);
  }
  return at;
}

std::vector<Active> Slicer::rules_at(const Active& from, std::span<const DiscriminatorStep> steps) {
  std::vector<Active> at{from};
  for (const DiscriminatorStep& step : steps) {
    std::vector<Active> next;
    for (const Active& active : at)
      rules_below(active, step, 0, next);
    at = std::move(next);
  }
  return at;
}

void Slicer::rules_below(const Active& from, const DiscriminatorStep& step, unsigned depth,
                         std::vector<Active>& out) {
  constexpr unsigned kMaxProfiles = 8;
  if (depth == kMaxProfiles) return;
  const Program& program = *from.program;
  const ProgramStore& programs = walk_.shared().programs;
  const ElementRule& rule = *from.rule;
  if (step.kind == StepKind::kOfType) {
    out.push_back(from);
    for (const RuleId slice : rule.slices) {
      const auto& types = program.rule(slice).types;
      if (std::any_of(types.begin(), types.end(),
                      [&](const TypeRule& type) { return type.code == step.text; }))
        out.push_back({&program, &program.rule(slice)});
    }
    return;
  }
  if (step.kind == StepKind::kResolve) {
    for (const TypeRule& type : rule.types) {
      for (const std::string_view target : type.targets) {
        if (const Program* found = programs.find(target)) out.push_back({found, &found->root()});
      }
    }
    return;
  }
  const ElementRule& owner =
      rule.children.empty() && rule.content_of != kNoRule ? program.rule(rule.content_of) : rule;
  for (const RuleId id : owner.children) {
    const ElementRule& child = program.rule(id);
    if (step.kind == StepKind::kMember && (child.name == step.text)) {
      out.push_back({&program, &child});
      for (const RuleId slice : child.slices) {
        if (program.rule(slice).min > 0) out.push_back({&program, &program.rule(slice)});
      }
    } else if (step.kind == StepKind::kExtension && child.name == "extension") {
      for (const RuleId slice : child.slices) {
        for (const TypeRule& type : program.rule(slice).types) {
          const bool named =
              std::any_of(type.profiles.begin(), type.profiles.end(),
                          [&](std::string_view url) { return url.substr(0, url.find('|')) == step.text; });
          if (named || program.rule(slice).slice_name == step.text)
            out.push_back({&program, &program.rule(slice)});
        }
      }
    }
  }
  for (const TypeRule& type : rule.types) {
    for (std::size_t i = 0; i < type.profiles.size(); ++i) {
      const Program* found = programs.find(type.profiles[i]);
      const ElementRule* element = found == nullptr ? nullptr : found->element(type.profile_elements[i]);
      if (element != nullptr && found->rules.size() > 1 && from.rule != element)
        rules_below({found, element}, step, depth + 1, out);
    }
  }
}

}  // namespace fhir::validate
