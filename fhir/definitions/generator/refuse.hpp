// How the generator gives up: input that is not what it was written for fails the build, with a sentence that
// says why.
#pragma once

#include <string>

namespace fhir::definitions::generator {

/// Prints `why` to standard error and ends the program with exit code 1.
[[noreturn]] void refuse(const std::string& why);

}  // namespace fhir::definitions::generator
