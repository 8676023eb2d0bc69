#include "fhir/definitions/generator/refuse.hpp"

#include <cstdio>
#include <cstdlib>

namespace fhir::definitions::generator {

void refuse(const std::string& why) {
  std::fprintf(stderr, "r4_compiler: %s\n", why.c_str());
  std::exit(1);
}

}  // namespace fhir::definitions::generator
