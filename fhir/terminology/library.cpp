#include "fhir/terminology/library.hpp"

#include <algorithm>
#include <mutex>
#include <utility>

#include "fhir/terminology/value_set_compiler.hpp"

namespace fhir::terminology {
namespace {

/// `url|version`; `url` itself when there is no version, else in `room`.
std::string_view versioned(std::string_view url, std::string_view version, std::string& room) {
  if (version.empty()) return url;
  room.append(url).append("|").append(version);
  return room;
}

std::string_view without_version(std::string_view canonical) {
  return canonical.substr(0, canonical.find('|'));
}

/// The system of a value set that its terminology defines by a URL alone, or empty.
std::string_view implicit_system(std::string_view canonical) {
  if (canonical.starts_with("http://snomed.info/sct") && canonical.find("?fhir_vs") != std::string_view::npos)
    return "http://snomed.info/sct";
  return canonical.starts_with("http://loinc.org/vs") ? "http://loinc.org" : std::string_view();
}

}  // namespace

std::shared_ptr<const ValueSet> Library::value_set(std::string_view canonical) const {
  {
    const std::shared_lock lock(mutex_);
    if (const auto known = sets_.find(canonical); known != sets_.end()) return known->second.set;
  }
  const std::unique_lock lock(mutex_);
  return import_set(canonical, 0).set;
}

std::shared_ptr<const ValueSet> Library::compile(tree::Node value_set) const {
  const std::unique_lock lock(mutex_);
  return ValueSetCompiler(*this, 0).compile(value_set);
}

Library::Import Library::import_set(std::string_view canonical, int depth) const {
  const std::string key(canonical);
  const auto answer = [](const std::shared_ptr<const ValueSet>& set) {
    return Import{set, set ? Missing::kNone : Missing::kValueSet};
  };
  if (const auto known = sets_.find(key); known != sets_.end())
    return known->second.compiling ? Import{nullptr, Missing::kCycle} : answer(known->second.set);
  if (depth > kMaxDepth) return {nullptr, Missing::kCycle};
  if (sets_.size() >= kMaxKept) return {nullptr, Missing::kValueSet};
  sets_[key].compiling = true;
  std::shared_ptr<const ValueSet> made = make_set(canonical, depth);
  sets_[key] = Slot{made, false};
  return answer(made);
}

std::shared_ptr<const ValueSet> Library::make_set(std::string_view canonical, int depth) const {
  if (const tree::Node resource = registry_.find("ValueSet", canonical))
    return ValueSetCompiler(*this, depth).compile(resource);
  if (const std::string_view system = implicit_system(canonical); !system.empty()) {
    // Which part of the terminology it names cannot be told, unless it is all of it.
    return ValueSetCompiler(*this, depth).whole_system(system);
  }
  index_additions();
  const auto whole = whole_systems_.find(without_version(canonical));
  if (whole == whole_systems_.end()) return nullptr;
  return ValueSetCompiler(*this, depth).whole_system(whole->second);
}

const CodeSystem* Library::code_system(std::string_view url, std::string_view version) const {
  if (url.empty()) return nullptr;
  std::string room;
  const std::string_view key = versioned(url, version, room);
  {
    const std::shared_lock lock(mutex_);
    if (const auto known = systems_.find(key); known != systems_.end()) return known->second.get();
  }
  const std::unique_lock lock(mutex_);
  return import_system(url, version);
}

const CodeSystem* Library::import_system(std::string_view url, std::string_view version) const {
  if (url.empty()) return nullptr;
  std::string room;
  const std::string_view key = versioned(url, version, room);
  if (const auto known = systems_.find(key); known != systems_.end()) return known->second.get();
  if (systems_.size() >= kMaxKept) return nullptr;
  return systems_.emplace(std::string(key), make_system(key)).first->second.get();
}

std::unique_ptr<const CodeSystem> Library::make_system(std::string_view canonical) const {
  const tree::Node resource = registry_.find("CodeSystem", canonical);
  if (!resource || resource.child("content").text() == "supplement") return nullptr;
  index_additions();
  const auto more = supplements_.find(resource.child("url").text());
  const auto nodes = more == supplements_.end() ? std::span<const tree::Node>() : std::span(more->second);
  return std::make_unique<const CodeSystem>(resource, nodes);
}

void Library::index_additions() const {
  if (std::exchange(indexed_, true)) return;
  const std::vector<std::string_view> all = registry_.canonicals("CodeSystem");
  const packages::Registry core = packages::Registry::core();
  const std::vector<std::string_view> known = core.canonicals("CodeSystem");
  std::vector<std::string_view> added;
  std::set_difference(all.begin(), all.end(), known.begin(), known.end(), std::back_inserter(added));
  for (const std::string_view url : added) {
    const tree::Node resource = registry_.find("CodeSystem", url);
    if (resource.child("content").text() == "supplement") {
      const std::string_view base = without_version(resource.child("supplements").text());
      supplements_[std::string(base)].push_back(resource);
    } else if (const tree::Node whole = resource.child("valueSet")) {
      whole_systems_.emplace(without_version(whole.text()), url);
    }
  }
}

}  // namespace fhir::terminology
