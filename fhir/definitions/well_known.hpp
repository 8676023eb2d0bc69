// Names that code compares with so often that their ids are fixed: the compiler of the definitions gives them
// the first NameIds, in this order.
#pragma once

#include <array>
#include <string_view>

#include "fhir/tree/type_table.hpp"

namespace fhir::definitions {

/// A NameId of the R4 table. The primitive types stand first.
enum WellKnown : tree::NameId {
  kBase64Binary,
  kBoolean,
  kCanonical,
  kCode,
  kDate,
  kDateTime,
  kDecimal,
  kId,
  kInstant,
  kInteger,
  kMarkdown,
  kOid,
  kPositiveInt,
  kString,
  kTime,
  kUnsignedInt,
  kUri,
  kUrl,
  kUuid,
  kXhtmlType,
  kExtensionType,
  kReferenceType,
  kCodingType,
  kCodeableConceptType,
  kQuantityType,
  kResourceType,
  kDomainResourceType,
  kBundleType,
  kMessageHeaderType,
  kCompositionType,
  kExtensionName,
  kModifierExtensionName,
  kValueName,
  kCodingName,
  kSystemName,
  kContainedName,
  kReferenceName,
  kTypeName,
  kEntryName,
  kFullUrlName,
  kResourceName,
  kRequestName,
  kResponseName,
  kMetaName,
  kVersionIdName,
};

inline constexpr tree::NameId kPrimitiveCount = 20;

/// The texts; `id`, `code` and `url` are names of elements as well as of types.
inline constexpr std::array<std::string_view, 45> kWellKnownNames = {
    "base64Binary",  "boolean",     "canonical",      "code",
    "date",          "dateTime",    "decimal",        "id",
    "instant",       "integer",     "markdown",       "oid",
    "positiveInt",   "string",      "time",           "unsignedInt",
    "uri",           "url",         "uuid",           "xhtml",
    "Extension",     "Reference",   "Coding",         "CodeableConcept",
    "Quantity",      "Resource",    "DomainResource", "Bundle",
    "MessageHeader", "Composition", "extension",      "modifierExtension",
    "value",         "coding",      "system",         "contained",
    "reference",     "type",        "entry",          "fullUrl",
    "resource",      "request",     "response",       "meta",
    "versionId"};
static_assert(kWellKnownNames[kXhtmlType] == "xhtml" && kWellKnownNames[kVersionIdName] == "versionId");

}  // namespace fhir::definitions
