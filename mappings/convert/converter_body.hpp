// What a converter holds. Internal.
#pragma once

#include "mappings/convert/losses.hpp"
#include "mappings/convert/partner_names.hpp"
#include "mappings/engine/plan.hpp"
#include "mappings/hl7v2/v2_types.hpp"

namespace mappings::convert {

struct ConverterBody {
  engine::PlanPtr plan;
  CommonNames names;
  LossFinder losses{hl7v2::v2_types()};
};

}  // namespace mappings::convert
