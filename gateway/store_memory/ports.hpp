// The ports over the model's tables. One object of each per transaction.
#pragma once

#include "gateway/store_memory/tables.hpp"

namespace gateway::store_memory {

class MemoryMessageLog final : public store::MessageLog {
 public:
  explicit MemoryMessageLog(Context& context) : context_(&context) {}
  [[nodiscard]] fhir::Result<store::MessageSeq> append(const store::NewMessage& message) override;
  [[nodiscard]] fhir::Result<store::MessageSeq> last_seq() override;
  [[nodiscard]] fhir::Status set_reply(store::MessageSeq seq, const store::Reply& reply) override;
  [[nodiscard]] fhir::Status settle(store::MessageSeq seq, store::Verdict verdict) override;
  [[nodiscard]] fhir::Result<std::optional<store::MessageRow>> find(store::MessageSeq seq) override;
  [[nodiscard]] fhir::Result<std::optional<store::MessageRow>> find_by_request(
      std::string_view partner, std::string_view request_id, std::string_view correlation_id) override;
  [[nodiscard]] fhir::Result<std::optional<store::MessageRow>> find_by_business_id(
      std::string_view partner, std::string_view business_id) override;
  [[nodiscard]] fhir::Result<std::optional<store::MessageRow>> find_by_digest(
      std::string_view partner, const store::Digest& digest) override;
  [[nodiscard]] fhir::Result<store::MessagePage> list(const store::MessageFilter& filter,
                                                      std::optional<store::MessageSeq> before,
                                                      std::size_t limit) override;
  [[nodiscard]] fhir::Result<std::string> read_bytes(store::MessageSeq seq) override;
  [[nodiscard]] fhir::Result<std::optional<store::Conversion>> read_conversion(
      store::MessageSeq seq) override;

 private:
  Context* context_;
};

class MemoryResourceStore final : public store::ResourceStore {
 public:
  explicit MemoryResourceStore(Context& context) : context_(&context) {}
  [[nodiscard]] fhir::Result<std::int64_t> put(const store::ResourceWrite& write) override;
  [[nodiscard]] fhir::Status show(std::string_view type, std::string_view id,
                                  const std::vector<std::string>& partners, store::Sight sight) override;
  [[nodiscard]] fhir::Result<std::optional<std::int64_t>> current_version(std::string_view type,
                                                                          std::string_view id) override;
  [[nodiscard]] fhir::Result<std::optional<store::ResourceRow>> get(std::string_view type,
                                                                    std::string_view id) override;
  [[nodiscard]] fhir::Result<std::optional<store::ResourceRow>> get_version(std::string_view type,
                                                                            std::string_view id,
                                                                            std::int64_t version) override;
  [[nodiscard]] fhir::Result<std::vector<store::ResourceRow>> history(std::string_view type,
                                                                      std::string_view id,
                                                                      std::size_t limit) override;
  [[nodiscard]] fhir::Result<store::ResourcePage> search(const fhir::search::Query& query) override;

 private:
  [[nodiscard]] const StoredResource* lookup(std::string_view type, std::string_view id) const;
  Context* context_;
};

class MemoryReferralStore final : public store::ReferralStore {
 public:
  explicit MemoryReferralStore(Context& context) : context_(&context) {}
  [[nodiscard]] fhir::Result<store::ReferralSeq> insert(
      const store::ReferralRow& row, const std::vector<store::BusinessIdentifier>& identifiers) override;
  [[nodiscard]] fhir::Result<std::int64_t> update(const store::ReferralRow& row) override;
  [[nodiscard]] fhir::Status add_identifier(store::ReferralSeq seq,
                                            const store::BusinessIdentifier& identifier) override;
  [[nodiscard]] fhir::Result<std::vector<store::BusinessIdentifier>> identifiers(
      store::ReferralSeq seq) override;
  [[nodiscard]] fhir::Result<std::optional<store::ReferralRow>> find(store::ReferralSeq seq) override;
  [[nodiscard]] fhir::Result<std::optional<store::ReferralRow>> find_by_task(
      std::string_view task_id) override;
  [[nodiscard]] fhir::Result<std::vector<store::ReferralRow>> find_by_service_request(
      std::string_view id) override;
  [[nodiscard]] fhir::Result<std::vector<store::ReferralRow>> find_by_correlation(
      std::string_view correlation_id) override;
  [[nodiscard]] fhir::Result<std::vector<store::ReferralRow>> find_by_identifier(
      const store::BusinessIdentifier& identifier) override;
  [[nodiscard]] fhir::Result<std::vector<store::ReferralRow>> children(store::ReferralSeq parent) override;
  [[nodiscard]] fhir::Result<std::vector<store::ReferralRow>> open_of_patient(
      const store::Digest& patient_key) override;
  [[nodiscard]] fhir::Result<std::vector<store::ReferralRow>> due(fhir::Instant now,
                                                                  std::size_t limit) override;
  [[nodiscard]] fhir::Result<std::vector<store::ReferralRow>> list(std::optional<store::ReferralSeq> after,
                                                                   std::size_t limit) override;
  [[nodiscard]] fhir::Result<std::vector<store::StateCount>> counts() override;
  [[nodiscard]] fhir::Status append_event(store::ReferralSeq seq, const store::ReferralEvent& event) override;
  [[nodiscard]] fhir::Result<std::vector<store::ReferralEvent>> events(store::ReferralSeq seq) override;

 private:
  Context* context_;
};

class MemoryOutboxStore final : public store::OutboxStore {
 public:
  explicit MemoryOutboxStore(Context& context) : context_(&context) {}
  [[nodiscard]] fhir::Result<store::OutboxSeq> enqueue(const store::NewDelivery& delivery) override;
  [[nodiscard]] fhir::Result<std::vector<store::DeliveryRow>> due(fhir::Instant now, std::size_t limit,
                                                                  std::size_t per_destination,
                                                                  const store::UnderWay& under_way) override;
  [[nodiscard]] fhir::Result<std::vector<store::DeliveryRow>> overdue_answers(fhir::Instant now,
                                                                              std::size_t limit) override;
  [[nodiscard]] fhir::Status retry(store::OutboxSeq seq, fhir::Instant next,
                                   std::string_view error_code) override;
  [[nodiscard]] fhir::Status mark_sent(store::OutboxSeq seq,
                                       std::optional<fhir::Instant> answer_deadline) override;
  [[nodiscard]] fhir::Status mark_delivered(store::OutboxSeq seq, fhir::Instant at) override;
  [[nodiscard]] fhir::Result<store::OutboxSeq> mark_delivered(std::string_view destination,
                                                              std::string_view business_id,
                                                              fhir::Instant at) override;
  [[nodiscard]] fhir::Status mark_dead(store::OutboxSeq seq, fhir::Instant at,
                                       std::string_view error_code) override;
  [[nodiscard]] fhir::Status park(store::OutboxSeq seq) override;
  [[nodiscard]] fhir::Status release(store::OutboxSeq seq, fhir::Instant at) override;
  [[nodiscard]] fhir::Status abandon(store::OutboxSeq seq, fhir::Instant at,
                                     std::string_view reason_code) override;
  [[nodiscard]] fhir::Result<std::optional<store::DeliveryRow>> find(store::OutboxSeq seq) override;
  [[nodiscard]] fhir::Result<std::optional<store::DeliveryRow>> find_unfinished(
      std::string_view destination, std::string_view business_id) override;
  [[nodiscard]] fhir::Result<std::string> read_body(store::OutboxSeq seq) override;
  [[nodiscard]] fhir::Result<std::vector<store::DeliveryRow>> list(const store::OutboxFilter& filter,
                                                                   std::optional<store::OutboxSeq> after,
                                                                   std::size_t limit) override;
  [[nodiscard]] fhir::Result<std::vector<store::OutboxCount>> counts() override;

 private:
  [[nodiscard]] fhir::Status step(store::OutboxSeq seq, std::initializer_list<store::OutboxState> from,
                                  const std::function<void(store::DeliveryRow&)>& change);
  Context* context_;
};

class MemoryWorkStore final : public store::WorkStore {
 public:
  explicit MemoryWorkStore(Context& context) : context_(&context) {}
  [[nodiscard]] fhir::Result<store::WorkSeq> open(const store::NewWork& work) override;
  [[nodiscard]] fhir::Result<std::vector<store::WorkRow>> due(fhir::Instant now, std::size_t limit) override;
  [[nodiscard]] fhir::Status advance(store::WorkSeq seq, int step, std::string_view owner_role,
                                     std::optional<fhir::Instant> next) override;
  [[nodiscard]] fhir::Status confirm(store::WorkSeq seq, std::string_view by, fhir::Instant at) override;
  [[nodiscard]] fhir::Status close(store::WorkSeq seq, fhir::Instant at) override;
  [[nodiscard]] fhir::Result<std::optional<store::WorkRow>> find(store::WorkSeq seq) override;
  [[nodiscard]] fhir::Result<std::vector<store::WorkRow>> list(const store::WorkFilter& filter,
                                                               std::optional<store::WorkSeq> after,
                                                               std::size_t limit) override;

 private:
  [[nodiscard]] fhir::Status step(store::WorkSeq seq, std::initializer_list<store::WorkState> from,
                                  const std::function<void(store::WorkRow&)>& change);
  Context* context_;
};

class MemoryAuditLog final : public store::AuditLog {
 public:
  explicit MemoryAuditLog(Context& context) : context_(&context) {}
  [[nodiscard]] fhir::Result<store::AuditSeq> append(const store::NewAudit& entry) override;
  [[nodiscard]] fhir::Result<store::AuditHead> head() override;
  [[nodiscard]] fhir::Result<store::AuditVerdict> verify(const store::AuditHead& from) override;
  [[nodiscard]] fhir::Result<std::vector<store::AuditEntry>> list(std::optional<store::AuditSeq> after,
                                                                  std::size_t limit) override;

 private:
  Context* context_;
};

class MemorySettings final : public store::Settings {
 public:
  explicit MemorySettings(Context& context) : context_(&context) {}
  [[nodiscard]] fhir::Result<std::optional<std::string>> get(std::string_view name) override;
  [[nodiscard]] fhir::Status set(std::string_view name, std::string_view value) override;

 private:
  Context* context_;
};

}  // namespace gateway::store_memory
