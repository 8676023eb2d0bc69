#include "fhir/validate/program_store.hpp"

namespace fhir::validate {

const Program* ProgramStore::find(std::string_view canonical) const {
  const std::lock_guard lock(mutex_);
  if (const auto known = programs_.find(canonical); known != programs_.end()) return known->second.get();
  std::unique_ptr<const Program> program;
  IssueList faults;  // of the definition; whoever validates it is told, not the one who uses it
  if (const tree::Node found = snapshots_.structure(canonical, faults)) {
    if (auto compiled = compile_program(found, definitions_, errata_))
      program = std::make_unique<const Program>(std::move(*compiled));
  }
  return programs_.emplace(canonical, std::move(program)).first->second.get();
}

}  // namespace fhir::validate
