// The one way from bytes of any supported format to an R4 message Bundle: read, map, validate, account for
// what was left behind.
//
//   LIGAMENT_TRY(const auto packs, packs::load_packs(""));
//   auto made = Converter::make(packs);                       // once; refuses maps that do not compile
//   Conversion out = (*made)->convert(bytes, manifest, {.hash = hash});
//   if (out.bundle == nullptr) return refuse(out.issues);      // v2 places, table 0357 codes by
//   mappings/hl7v2/error_code.hpp
//
// The same bytes, manifest and key give the same Bundle: ids are keyed hashes over the partner and business
// numbers, or over the message where it has none; times are the message's; nothing asks the clock.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include "fhir/base/issue.hpp"
#include "fhir/base/limits.hpp"
#include "fhir/tree/tree.hpp"
#include "fhir/validate/valid_tree.hpp"
#include "mappings/convert/manifest.hpp"
#include "mappings/engine/receipt.hpp"
#include "mappings/hl7v2/header.hpp"
#include "mappings/packs/packs.hpp"

namespace mappings::convert {

using Digest = std::array<std::uint8_t, 32>;
/// HMAC-SHA-256 under the secret of the installation. Any thread.
using KeyedHash = std::function<Digest(std::string_view text)>;

enum class Format : std::uint8_t { kFhirJson, kFhirXml, kHl7v2 };
/// By the first byte that is no blank: `{`, `<`, anything else.
[[nodiscard]] Format detect_format(std::string_view bytes) noexcept;

/// What the envelope says, also of a message that is refused.
struct MessageFacts {
  Format format = Format::kHl7v2;
  hl7v2::Header header;   ///< Of HL7 v2.
  std::string structure;  ///< `REF_I12`: the one it was read by.
  std::string entry;      ///< Group the map started at; empty when there is none for it.
  /// Digest that a repetition has too: without MSH-7 and MSH-10 when the message has a number of its own
  /// (RF1-6, RF1-11, ORC-2, TXA-12, SCH-1, SCH-2), else over all bytes. Lower-case hexadecimal.
  std::string repetition_key;
  bool has_business_number = false;
};

/// A populated element of the source that reached nothing.
struct Loss {
  fhir::tree::NodeIndex node = fhir::tree::kNoNode;  ///< In Conversion::source.
  bool mandatory = false;  ///< Of a referral, within mandatory_fields(): a person looks at it.
};

/// Plain data; `receipt` refers to the converter's plan and to both trees.
struct Conversion {
  fhir::tree::TreePtr bundle;  ///< Null exactly when refused.
  /// Of `bundle`; empty when it was not to be validated.
  std::optional<fhir::validate::ValidTree> verdict;
  fhir::tree::TreePtr
      source;  ///< What was read; null when nothing was. Without explicit nulls (`""`), which are no data.
  engine::Receipt receipt;
  fhir::IssueList issues;
  MessageFacts facts;
  std::vector<Loss> losses;

  [[nodiscard]] bool lost_mandatory() const noexcept;
};

struct ConvertContext {
  KeyedHash hash;
  fhir::ReadLimits limits = {};
  bool validate = true;  ///< Check the Bundle against R4; an invalid one is refused.
  bool account = true;   ///< Fill `losses`.
};

/// A message of ours in the form of a partner. Plain data; `receipt` refers to the converter's plan, the
/// Bundle and `message`.
struct Outward {
  std::string bytes;            ///< As they go out, without framing; empty exactly when refused.
  std::string control_id;       ///< MSH-10: what the partner's MSA-2 will say.
  fhir::tree::TreePtr message;  ///< The v2 tree; null when no map made one.
  /// Of a restricted patient what the map read instead of the Bundle; null otherwise.
  fhir::tree::TreePtr source;
  engine::Receipt receipt;  ///< Sources are elements of the Bundle.
  fhir::IssueList issues;   ///< Places of the Bundle.
};

/// A number of a patient in one identifier system.
struct PatientNumber {
  std::string_view system;
  std::string_view value;
};

/// Whether convert_out() makes this form: `hl7v2:REF_I12`, `hl7v2:REF_I13`, `hl7v2:REF_I14`, `hl7v2:RRI_I12`,
/// `hl7v2:MDM_T02`, `hl7v2:ADT_A28`.
[[nodiscard]] bool is_outward_form(std::string_view form) noexcept;

struct ConverterBody;

/// Immutable; any thread; shared. Outlives its conversions.
class Converter {
 public:
  using Made = tl::expected<std::shared_ptr<const Converter>, fhir::IssueList>;
  /// Compiles all maps together. Issues carry file, line and column.
  [[nodiscard]] static Made make(std::span<const packs::OwnedPackFile> files);

  /// Whether a manifest's entry may name this group.
  [[nodiscard]] bool has_group(std::string_view name) const;

  /// One message. FHIR comes out as it is, read and validated. Refused: what cannot be read, a message type
  /// or event without entry, no patient, a date that is none, a result that is not valid R4. Cost: linear in
  /// the bytes.
  [[nodiscard]] Conversion convert(std::string_view bytes, const Manifest& partner,
                                   const ConvertContext& context) const;

  /// A message Bundle of ours as `form`, by the manifest's `outgoing`. When Bundle, Patient or a document is
  /// marked as restricted (confidentiality R or V, or S), address, telephones, contacts and practice of the
  /// patient stay here: a receiver of HL7 v2 could not be relied on to guard them. MSH-10 is a keyed hash
  /// over the partner, the form and Bundle.id, so that the same message has the same one. Refused, never
  /// shortened: a form that is not made, a Bundle without what the form is about, a version or character set
  /// that is not known, a character that the set has not. Cost: linear in the Bundle.
  [[nodiscard]] Outward convert_out(fhir::tree::Node bundle, std::string_view form, const Manifest& partner,
                                    const KeyedHash& hash) const;

  /// A message of convert_out() again, as a new message `id`, for a patient one of whose numbers is now
  /// another: every PID-3 that is one of `prior` becomes `survivor`. `bytes` are empty and there is no issue
  /// when it carries none of them; refused when it cannot be read, or the partner has no name for the
  /// survivor's system. Cost: linear.
  [[nodiscard]] Outward renumber(std::string_view bytes, std::string_view id,
                                 std::span<const PatientNumber> prior, const PatientNumber& survivor,
                                 const Manifest& partner, const KeyedHash& hash) const;

  Converter(const Converter&) = delete;
  Converter& operator=(const Converter&) = delete;
  ~Converter();

 private:
  explicit Converter(std::unique_ptr<const ConverterBody> body);
  std::unique_ptr<const ConverterBody> body_;
};

/// Source fields whose loss holds a message, as the tree names them: `PID_7` with all its parts, `PID_5.c1`
/// with this one.
[[nodiscard]] std::span<const std::string_view> mandatory_fields() noexcept;

/// `PID[1]-10[1].1`. Linear in the segments: for reporting.
[[nodiscard]] std::string place_of(const Conversion& conversion, const Loss& loss);

/// The v2 place an element of the Bundle came from, for answers about it:
/// `Bundle.entry[2].resource.birthDate` gives `PID[1]-7[1]`. Of an element no rule filled, the nearest around
/// it that one did. Empty when there is none, or the source is FHIR. Linear: for reporting.
[[nodiscard]] std::string source_place(const Conversion& conversion, std::string_view expression);

/// The receipt as one line of JSON: every element with rule and source spans, and the losses. No values of
/// the message. What many elements name stands once and is called by its number, from 0:
///
///   "maps": ["https://.../hl7v2-patient", ...],
///   "rules": [[map, "Group.rule"], ...],
///   "sources": [["PID[1]-7[1]", offset, length], ...],       bytes of the message
///   "elements": [["Bundle.entry[2].resource", ["birthDate", rule, source, ...], ...], ...]
///   "unmapped": [{"place": ..., "offset": ..., "length": ..., "mandatory": true}, ...]
///
/// The path of an element is that of its resource, a dot and its own. Cost: linear in the elements.
[[nodiscard]] std::string receipt_json(const Conversion& conversion);

}  // namespace mappings::convert
