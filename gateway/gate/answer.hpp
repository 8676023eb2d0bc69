// What a coded question was answered: yes, no, not asked, or something a person must read.
#pragma once

#include <cstdint>

#include "fhir/tree/tree.hpp"

namespace gateway::gate {

enum class Answer : std::uint8_t {
  kNotAsked,  ///< No answer, or one that says so: absence is not "no".
  kNo,
  kYes,
  kOther,  ///< Answered, and not with yes or no.
};

/// Reads the `value` of an Observation, a component, or a QuestionnaireResponse answer. Numbers and dates
/// answer nothing here.
[[nodiscard]] Answer answer_of(fhir::tree::Node holder);

/// Reads the values (OBX-5) of an HL7 v2 observation segment: the identifier and the text of each.
[[nodiscard]] Answer answer_of_segment(fhir::tree::Node obx);

/// The stronger of two answers to one question: yes, other, no, not asked.
[[nodiscard]] Answer stronger(Answer a, Answer b) noexcept;

}  // namespace gateway::gate
