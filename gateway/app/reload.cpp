#include "gateway/app/reload.hpp"

#include <tuple>

namespace gateway::app {

namespace {

auto tied(const config::Installation& one) {
  return std::tie(one.name, one.ods, one.environment, one.id_key_file, one.trial_id_key, one.endpoint_url,
                  one.service_id);
}

bool same(const config::Doors& a, const config::Doors& b) {
  const auto addresses = [](const config::Doors& one) {
    return std::tie(one.http, one.https, one.mllp, one.mllps);
  };
  const auto files = [](const config::Tls& one) {
    return std::tie(one.certificate_file, one.key_file, one.client_ca_file);
  };
  if (addresses(a) != addresses(b) || a.tls.has_value() != b.tls.has_value()) return false;
  return !a.tls || files(*a.tls) == files(*b.tls);
}

auto tied(const fhir::ReadLimits& one) {
  return std::tie(one.max_bytes, one.max_depth, one.max_nodes, one.max_members, one.max_attributes,
                  one.max_name_bytes);
}

bool same(const config::Limits& a, const config::Limits& b) {
  const auto others = [](const config::Limits& one) {
    return std::tie(one.max_connections, one.max_requests_in_flight, one.max_bytes_in_flight, one.handshake,
                    one.header, one.body, one.idle, one.mllp_idle, one.answer, one.drain);
  };
  return tied(a.message) == tied(b.message) && others(a) == others(b);
}

auto tied(const config::RetryPolicy& one) {
  return std::tie(one.first, one.factor, one.max, one.attempts, one.attempt_timeout, one.answer_deadline);
}

}  // namespace

std::shared_ptr<const config::Config> reloaded(const config::Config& running, const config::Config& read) {
  auto next = std::make_shared<config::Config>(running);
  next->partners = read.partners;
  next->rota = read.rota;
  next->deadlines = read.deadlines;
  next->default_practice_route = read.default_practice_route;
  next->use_case_codes = read.use_case_codes;
  return next;
}

std::vector<std::string> needs_restart(const config::Config& running, const config::Config& read) {
  std::vector<std::string> sections;
  const auto note = [&](bool same, const char* section) {
    if (!same) sections.emplace_back(section);
  };
  note(tied(running.installation) == tied(read.installation), "installation");
  note(same(running.doors, read.doors), "doors");
  note(same(running.limits, read.limits), "limits");
  note(tied(running.retry) == tied(read.retry), "retry");
  note(running.data_folder == read.data_folder, "data");
  note(running.maps_folder == read.maps_folder, "maps");
  return sections;
}

std::vector<std::string> removed_partners(const config::Config& running, const config::Config& read) {
  std::vector<std::string> names;
  for (const config::Partner& partner : running.partners) {
    if (read.partner(partner.name) == nullptr) names.push_back(partner.name);
  }
  return names;
}

}  // namespace gateway::app
