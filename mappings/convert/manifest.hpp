// What a partner's system is like: everything about a partner that its messages do not say. Plain data, made
// once from the configuration (partners[].hl7v2) and then immutable.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace mappings::convert {

/// A name as it comes, and what it means.
using NamePair = std::pair<std::string, std::string>;

/// What messages to the partner look like.
struct Outgoing {
  std::string version = "2.4";  ///< MSH-12: 2.3 to 2.8.
  std::string character_set;    ///< A code or name of table 0211; empty: UTF-8.
  std::string processing_id;    ///< MSH-11: `P`, `T`; empty: T when the Bundle is marked as test, else P.
  std::string sending_application = "LIGAMENT";  ///< MSH-3
  std::string sending_facility;                  ///< MSH-4
  std::string receiving_application;             ///< MSH-5
  std::string receiving_facility;                ///< MSH-6; empty: the partner's ODS code.
};

struct Manifest {
  std::string partner;  ///< Name of the partner: keeps ids and numbers without a national system apart from
                        ///< those of others.
  std::string ods;      ///< Organisation that speaks; empty: MSH-4.1.
  std::string organisation;          ///< Its name, where the message has none.
  std::string source_endpoint;       ///< `system|value` an answer names; empty: made from MSH-3 and MSH-4.
  std::string receiver_ods;          ///< Organisation asked; empty: MSH-6.1.
  std::string destination_endpoint;  ///< `system|value` of the service asked; empty: PRD of role RT with a
                                     ///< DOS number, else MSH-5, MSH-6.
  std::string use_case = "msk-spoa";
  std::string character_set;  ///< Of messages whose MSH-18 is empty; empty: UTF-8.
  bool latin1_is_windows1252 = true;
  std::string zone = "Europe/London";  ///< Of times without an offset.
  std::vector<NamePair> id_systems;    ///< Assigning authority or namespace to identifier system.
  std::vector<NamePair> code_systems;  ///< Name of a coding system to its URI.
  std::vector<NamePair>
      entries;  ///< `ADT^A05` to the name of a group: before the built-in entry map. Empty name: not taken.
  Outgoing outgoing;
};

}  // namespace mappings::convert