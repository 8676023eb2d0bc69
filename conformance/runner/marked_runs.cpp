#include "conformance/runner/marked_runs.hpp"

#include <array>

namespace conformance {

namespace {

struct Mark {
  std::string_view name;
  std::string_view kind;  ///< Empty: all runs of the case.
  std::string_view reason;
};

constexpr std::string_view kDisplay =
    "the right display of the code is in a code system that nobody may pass on";

constexpr std::array kMarks{
    Mark{"shlink", "", "the link is fetched from the internet"},
    Mark{"mr-covid-m", "base", kDisplay},
    Mark{"mr-covid-m2", "base", kDisplay},
    Mark{"mni-patientOverview-bundle-example1b", "base", kDisplay},
    Mark{"bundle-india", "base", kDisplay},
    Mark{"bundle-india-bad", "base", kDisplay},
    Mark{"bundle-duplicate-ids-not", "base", kDisplay},
    Mark{"bundle-id-3", "base", kDisplay},
    Mark{"bundle-id-4", "base", kDisplay},
    Mark{"bundle-with-contained", "base", kDisplay},
    Mark{"bundle-enrl", "base", kDisplay},
    Mark{"uuid-extension", "base",
         "whether the code exists is known to a SNOMED CT server of Australia only"},
    Mark{"aggregation-apart-good4", "", "the outcome is of R5, where Encounter.class may be absent"},
    Mark{"res-inv-example-good", "", "needs the package hl7.fhir.uv.smart-app-launch"},
    Mark{"res-inv-example-bad", "", "needs the package hl7.fhir.uv.smart-app-launch"},
    Mark{"target-ref-profile-empty", "base",
         "the right display of an ICD-10 code is not among the definitions of R4"},
    Mark{"choice-async-qr", "base", "the names of countries (ISO 3166) are not among the definitions of R4"},
    Mark{"toplevel-minvalueduration-fail", "profile",
         "minValueDuration is an element of later versions than R4"},
};

}  // namespace

std::string marked_run(std::string_view name, std::string_view kind) {
  for (const Mark& mark : kMarks) {
    if (mark.name == name && (mark.kind.empty() || mark.kind == kind)) return std::string(mark.reason);
  }
  return {};
}

}  // namespace conformance
