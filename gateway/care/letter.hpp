// A letter: what it is, what it replaces, and whether it may go out.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include "gateway/bars/rec_error.hpp"
#include "gateway/care/care_event.hpp"

namespace gateway::care {

inline constexpr std::string_view kDocumentIdentifierTypes =
    "https://ligament.example/fhir/CodeSystem/document-identifier-type";
inline constexpr std::string_view kDocumentVersionExtension =
    "https://ligament.example/fhir/StructureDefinition/document-version";
inline constexpr std::string_view kAttachmentDigestExtension =
    "https://ligament.example/fhir/StructureDefinition/attachment-sha256";

/// Only complete letters go out.
enum class Completeness : std::uint8_t {
  kComplete,   ///< docStatus final or amended.
  kDraft,      ///< preliminary, or not said: waits unseen.
  kWithdrawn,  ///< entered-in-error.
};

/// One attachment and the bytes it stands for.
struct Content {
  fhir::tree::Node attachment;
  fhir::tree::Node binary;  ///< The Binary it points to; empty when the bytes are in the attachment.
  std::string sha256;       ///< Lower-case hexadecimal, over the decoded bytes.
  std::size_t bytes = 0;
};

struct Letter {
  Name document;              ///< masterIdentifier.
  std::optional<Name> set;    ///< Shared by its versions.
  std::uint32_t version = 0;  ///< Within the set; 0: not said.
  std::optional<Name> replaces;
  Completeness completeness = Completeness::kDraft;
  std::vector<Content> contents;
  std::string digest;                   ///< Over the digests of the contents: the same letter has the same.
  std::vector<std::string> addressees;  ///< ODS codes: who it is addressed to, then the patient's practice.
  std::optional<fhir::Instant> occurred;
};

/// Refuses a letter without masterIdentifier, without content, with an attachment that names nothing of the
/// message, is not Base64, or has another digest than it says.
[[nodiscard]] tl::expected<Letter, bars::Refusal> read_letter(const bars::BarsMessage& message);

/// A version of the same document, or of one of its set, or the one it replaces, received before.
struct KnownVersion {
  std::string id;  ///< Of our DocumentReference.
  Name document;
  bool same_set = false;
  std::uint32_t version = 0;
  Completeness completeness = Completeness::kDraft;
  std::string digest;
  std::optional<fhir::Instant> occurred;
  bool replaced = false;  ///< A later one was taken already.
};

enum class Fate : std::uint8_t {
  kSend,
  kKeep,      ///< A draft: kept, unseen.
  kIgnore,    ///< `because` says why.
  kWithdraw,  ///< What went out was an error: a person must look.
};

struct Judgement {
  Fate fate = Fate::kSend;
  std::string because;                ///< Ignored, because.
  std::vector<std::string> replaced;  ///< Ids of the versions it replaces.
};

/// Pure. `known` in any order.
[[nodiscard]] Judgement judge(const Letter& letter, std::span<const KnownVersion> known);

}  // namespace gateway::care
