// What maps of outgoing messages ask by lgLookup().
//
// | kind | key | answer |
// |------|-----|--------|
// | `sending-application` ... `receiving-facility` | | MSH-3 to MSH-6 |
// | `control-id`, `processing`, `version`, `character-set` | | MSH-10, MSH-11, MSH-12, MSH-18 |
// | `zone` | | of all times |
// | `id-name` | system | the partner's or the common name of an identifier system |
// | `id-uri` | system | the system itself where it has no name |
// | `code-name` | system | name of a code system, else the system |
// | `content-subtype` | media type | subtype as in table 0291 |
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "mappings/convert/manifest.hpp"
#include "mappings/convert/partner_names.hpp"
#include "mappings/engine/run.hpp"

namespace mappings::convert {

/// Of one message. References outlive it.
class OutwardNames final : public engine::Lookup {
 public:
  struct Envelope {
    std::string control_id;
    std::string processing;
    std::string character_set;  ///< As table 0211 writes it.
  };
  OutwardNames(const CommonNames& common, const Manifest& manifest, Envelope envelope)
      : common_(common), manifest_(manifest), envelope_(std::move(envelope)) {}
  [[nodiscard]] std::optional<std::string> find(std::string_view kind, std::string_view key) const override;

 private:
  [[nodiscard]] std::optional<std::string> envelope(std::string_view kind) const;
  [[nodiscard]] std::string id_name(std::string_view system) const;
  [[nodiscard]] std::string id_uri(std::string_view system) const;
  [[nodiscard]] std::string code_name(std::string_view system) const;
  [[nodiscard]] std::optional<std::string> own_name(std::string_view system) const;

  const CommonNames& common_;
  const Manifest& manifest_;
  Envelope envelope_;
};

}  // namespace mappings::convert
