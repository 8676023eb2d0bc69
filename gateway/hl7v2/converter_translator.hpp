// The maps behind the door: one converter for all partners, a manifest for each.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "gateway/hl7v2/translator.hpp"
#include "mappings/convert/converter.hpp"

namespace gateway::hl7v2 {

/// What the configuration says of a partner, as the maps want it. The service asked is that of the message,
/// else the configured one, else this gateway, which then routes by area.
[[nodiscard]] mappings::convert::Manifest manifest_of(const config::Config& config,
                                                      const config::Partner& partner);

/// Translates on the calling thread.
class ConverterTranslator final : public Translator {
 public:
  /// `limits` are those of a message.
  ConverterTranslator(std::shared_ptr<const mappings::convert::Converter> converter,
                      const config::Config& config, mappings::convert::KeyedHash hash);

  /// The partners from now on.
  void use(const config::Config& config);

  /// `partner` is one of the configuration given last.
  [[nodiscard]] Translation translate(std::string_view bytes, const config::Partner& partner,
                                      fhir::Instant received) override;

 private:
  std::shared_ptr<const mappings::convert::Converter> converter_;
  std::map<std::string, mappings::convert::Manifest, std::less<>> manifests_;
  mappings::convert::ConvertContext context_;
};

}  // namespace gateway::hl7v2
