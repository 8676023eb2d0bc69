#include "fhir/validate/validator.hpp"

#include <utility>

#include "fhir/validate/walk.hpp"

namespace fhir::validate {

struct Validator::Parts {
  Parts(const packages::Registry& registry, const terminology::Terminology& terminology,
        ValidatorOptions given)
      : options(std::move(given)),
        programs(registry, definitions::r4_definitions(), options.errata),
        invariants(definitions::r4_definitions(), options.errata),
        shared{definitions::r4_definitions(), registry, terminology, options, programs, invariants} {}

  ValidatorOptions options;
  ProgramStore programs;
  BaseInvariants invariants;
  Shared shared;
};

Validator::Validator(const packages::Registry& registry, const terminology::Terminology& terminology,
                     ValidatorOptions options)
    : parts_(std::make_unique<Parts>(registry, terminology, std::move(options))) {}

Validator::~Validator() = default;
Validator::Validator(Validator&&) noexcept = default;
Validator& Validator::operator=(Validator&&) noexcept = default;

IssueList Validator::validate(tree::Node root, std::string_view source,
                              std::span<const std::string> profiles) const {
  return Walk(parts_->shared, root, source).run(profiles);
}

}  // namespace fhir::validate
