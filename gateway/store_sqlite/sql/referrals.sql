-- name: ReferralInsert
INSERT INTO referral (parent, service_request_id, task_id, state, open, task_version, holder_ods, owner_ods, owner_role,
  deadline_at, deadline_what, deadline_role, correlation_id, service, destination, priority, flags, patient_key,
  received_at, received_on, sender_partner, memory, version, identifiers)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, 1, ?23)
-- name: ReferralUpdate
UPDATE referral SET state = ?3, open = ?4, task_version = ?5, holder_ods = ?6, owner_ods = ?7, owner_role = ?8,
  deadline_at = ?9, deadline_what = ?10, deadline_role = ?11, service = ?12, destination = ?13, priority = ?14, flags = ?15,
  patient_key = ?16, memory = ?17, version = version + 1
WHERE seq = ?1 AND version = ?2
-- name: ReferralExists
SELECT 1 FROM referral WHERE seq = ?1
-- name: ReferralFind
SELECT seq, parent, service_request_id, task_id, state, open, task_version, holder_ods, owner_ods, owner_role, deadline_at,
  deadline_what, deadline_role, correlation_id, service, destination, priority, flags, patient_key, received_at, received_on,
  sender_partner, version, memory FROM referral WHERE seq = ?1
-- name: ReferralFindTask
SELECT seq, parent, service_request_id, task_id, state, open, task_version, holder_ods, owner_ods, owner_role, deadline_at,
  deadline_what, deadline_role, correlation_id, service, destination, priority, flags, patient_key, received_at, received_on,
  sender_partner, version, memory FROM referral WHERE task_id = ?1
-- name: ReferralFindRequest
SELECT seq, parent, service_request_id, task_id, state, open, task_version, holder_ods, owner_ods, owner_role, deadline_at,
  deadline_what, deadline_role, correlation_id, service, destination, priority, flags, patient_key, received_at, received_on,
  sender_partner, version, memory FROM referral WHERE service_request_id = ?1 ORDER BY seq
-- name: ReferralFindCorrelation
SELECT seq, parent, service_request_id, task_id, state, open, task_version, holder_ods, owner_ods, owner_role, deadline_at,
  deadline_what, deadline_role, correlation_id, service, destination, priority, flags, patient_key, received_at, received_on,
  sender_partner, version, memory FROM referral WHERE correlation_id = ?1 ORDER BY seq
-- name: ReferralFindIdentifier
SELECT seq, parent, service_request_id, task_id, state, open, task_version, holder_ods, owner_ods, owner_role, deadline_at,
  deadline_what, deadline_role, correlation_id, service, destination, priority, flags, patient_key, received_at, received_on,
  sender_partner, version, memory FROM referral
WHERE seq IN (SELECT referral FROM referral_identifier WHERE value = ?1 AND system = ?2) ORDER BY seq
-- name: ReferralChildren
SELECT seq, parent, service_request_id, task_id, state, open, task_version, holder_ods, owner_ods, owner_role, deadline_at,
  deadline_what, deadline_role, correlation_id, service, destination, priority, flags, patient_key, received_at, received_on,
  sender_partner, version, memory FROM referral WHERE parent = ?1 AND open = 1 ORDER BY seq
-- name: ReferralOfPatient
SELECT seq, parent, service_request_id, task_id, state, open, task_version, holder_ods, owner_ods, owner_role, deadline_at,
  deadline_what, deadline_role, correlation_id, service, destination, priority, flags, patient_key, received_at, received_on,
  sender_partner, version, memory FROM referral WHERE patient_key = ?1 AND open = 1 ORDER BY seq
-- name: ReferralDue
SELECT seq, parent, service_request_id, task_id, state, open, task_version, holder_ods, owner_ods, owner_role, deadline_at,
  deadline_what, deadline_role, correlation_id, service, destination, priority, flags, patient_key, received_at, received_on,
  sender_partner, version, memory FROM referral WHERE deadline_at <= ?1 ORDER BY deadline_at, seq LIMIT ?2
-- name: ReferralList
SELECT seq, parent, service_request_id, task_id, state, open, task_version, holder_ods, owner_ods, owner_role, deadline_at,
  deadline_what, deadline_role, correlation_id, service, destination, priority, flags, patient_key, received_at, received_on,
  sender_partner, version, memory FROM referral WHERE seq > ?1 ORDER BY seq LIMIT ?2
-- name: ReferralCounts
SELECT state, open, count(*) FROM referral GROUP BY state, open ORDER BY state, open
-- name: IdentifierInsert
INSERT OR IGNORE INTO referral_identifier (value, system, referral) VALUES (?1, ?2, ?3)
-- name: IdentifiersSet
UPDATE referral SET identifiers = ?2 WHERE seq = ?1
-- name: Identifiers
SELECT identifiers FROM referral WHERE seq = ?1
-- name: EventInsert
INSERT INTO referral_event (referral, number, events)
SELECT ?1, coalesce(max(number), 0) + 1, ?2 FROM referral_event WHERE referral = ?1
-- name: EventList
SELECT events FROM referral_event WHERE referral = ?1 ORDER BY number
