// Pages that are printed from code. With LIGAMENT_REWRITE_DOCS=1 the test writes them anew instead of
// comparing.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <iterator>
#include <string>
#include <string_view>

#include "fhir/definitions/definitions.hpp"
#include "gateway/config/options.hpp"
#include "gateway/referral/transition_table.hpp"
#include "gateway/services/catalogue.hpp"
#include "gateway/services/fhirpath_conditions.hpp"

namespace documents {
namespace {

bool rewriting() {
  const char* flag = std::getenv("LIGAMENT_REWRITE_DOCS");
  return flag != nullptr && std::string_view(flag) == "1";
}

/// The page is `heading`, then what the code prints.
void expect_page(const std::string& name, std::string_view heading, const std::string& printed) {
  ASSERT_FALSE(printed.empty());
  const std::filesystem::path path = std::filesystem::path(LIGAMENT_SOURCE_DIR) / "docs" / name;
  const std::string page = std::string(heading).append("\n\n").append(printed);
  if (rewriting()) std::ofstream(path, std::ios::binary | std::ios::trunc) << page;
  std::ifstream in(path, std::ios::binary);
  const std::string committed{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  EXPECT_EQ(committed, page) << "run the test unit_documents with LIGAMENT_REWRITE_DOCS=1 and commit docs/"
                             << name;
}

TEST(GeneratedPages, TransitionTableIsAsTheCodePrintsIt) {
  expect_page("transition-table.md",
              "# States and events of a referral\n\nPrinted from the rows behind `transition()` "
              "(gateway/referral/transition_table.hpp). Not edited by hand.",
              gateway::referral::print_transition_table());
}

TEST(GeneratedPages, ConfigurationIsAsTheCodePrintsIt) {
  expect_page(
      "configuration.md",
      "# Configuration\n\nThe options of the file given to `ligament serve --config FILE`, printed from "
      "gateway/config/options.cpp. Not edited by hand. An unknown or repeated key refuses the file. "
      "samples/config/dev.yaml is an example.",
      gateway::config::options_markdown());
}

TEST(GeneratedPages, RequirementsAreAsTheServicesStateThem) {
  const gateway::services::FhirPathConditions compiler(fhir::definitions::r4());
  const auto loaded = gateway::services::load_catalogue_folder(
      (std::filesystem::path(LIGAMENT_SOURCE_DIR) / "samples/services").string(), compiler);
  ASSERT_TRUE(loaded.has_value());
  ASSERT_NE(loaded->catalogue, nullptr);
  expect_page(
      "requirements.md",
      "# Requirements of the services\n\nPrinted from samples/services (`ligament requirements`). Not edited "
      "by hand. Open requirements have no test.",
      gateway::services::requirements_markdown(*loaded->catalogue));
}

}  // namespace
}  // namespace documents
