-- name: OutboxInsert
INSERT INTO outbox (referral, lane, destination, kind, media_type, request_id, correlation_id, business_id, priority, state,
  attempts, created_at, next_attempt_at, answer_deadline, finished_at, last_error)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, 1, 0, ?10, ?11, ?12, NULL, '')
-- name: OutboxBodyInsert
INSERT INTO outbox_body (seq, body, inserts) VALUES (?1, ?2, ?3)
-- name: OutboxNextDestination
SELECT min(destination) FROM outbox WHERE state = 1 AND destination > ?1
-- name: OutboxDue
SELECT seq, referral, lane, destination, kind, media_type, request_id, correlation_id, business_id, priority, state, attempts,
  created_at, next_attempt_at, answer_deadline, finished_at, last_error FROM outbox AS o
WHERE state = 1 AND destination = ?1 AND priority = ?2 AND next_attempt_at <= ?3
  AND NOT EXISTS (SELECT 1 FROM outbox AS e WHERE e.lane = o.lane AND e.seq < o.seq AND e.state NOT IN (3, 6))
ORDER BY next_attempt_at, seq
-- name: OutboxOverdue
SELECT seq, referral, lane, destination, kind, media_type, request_id, correlation_id, business_id, priority, state, attempts,
  created_at, next_attempt_at, answer_deadline, finished_at, last_error FROM outbox WHERE state = 2 AND answer_deadline <= ?1 ORDER BY answer_deadline, seq LIMIT ?2
-- name: OutboxState
SELECT state FROM outbox WHERE seq = ?1
-- name: OutboxRetry
UPDATE outbox SET attempts = attempts + (state = 1), state = 1, next_attempt_at = ?2, last_error = ?3
WHERE seq = ?1 AND state IN (1, 2)
-- name: OutboxSent
UPDATE outbox SET state = 2, answer_deadline = ?2, last_error = '', attempts = attempts + 1 WHERE seq = ?1 AND state = 1
-- name: OutboxDelivered
UPDATE outbox SET state = 3, finished_at = ?2 WHERE seq = ?1 AND state IN (1, 2, 4, 5)
-- name: OutboxDead
UPDATE outbox SET state = 4, finished_at = ?2, last_error = ?3 WHERE seq = ?1 AND state IN (1, 2)
-- name: OutboxPark
UPDATE outbox SET state = 5, finished_at = NULL WHERE seq = ?1 AND state IN (1, 2, 4)
-- name: OutboxRelease
UPDATE outbox SET state = 1, next_attempt_at = ?2, finished_at = NULL, attempts = 0 WHERE seq = ?1 AND state IN (4, 5)
-- name: OutboxAbandon
UPDATE outbox SET state = 6, finished_at = ?2, last_error = ?3 WHERE seq = ?1 AND state IN (4, 5)
-- name: OutboxFind
SELECT seq, referral, lane, destination, kind, media_type, request_id, correlation_id, business_id, priority, state, attempts,
  created_at, next_attempt_at, answer_deadline, finished_at, last_error FROM outbox WHERE seq = ?1
-- name: OutboxFindBusiness
SELECT seq, referral, lane, destination, kind, media_type, request_id, correlation_id, business_id, priority, state, attempts,
  created_at, next_attempt_at, answer_deadline, finished_at, last_error FROM outbox
WHERE destination = ?1 AND business_id = ?2 AND business_id <> '' AND state NOT IN (3, 6)
-- name: OutboxBody
SELECT body, inserts FROM outbox_body WHERE seq = ?1
-- name: OutboxList
SELECT seq, referral, lane, destination, kind, media_type, request_id, correlation_id, business_id, priority, state, attempts,
  created_at, next_attempt_at, answer_deadline, finished_at, last_error FROM outbox
WHERE seq > ?1 AND (?2 IS NULL OR state = ?2) AND (?3 IS NULL OR destination = ?3) AND (?4 IS NULL OR referral = ?4)
ORDER BY seq LIMIT ?5
-- name: OutboxListReferral
SELECT seq, referral, lane, destination, kind, media_type, request_id, correlation_id, business_id, priority, state, attempts,
  created_at, next_attempt_at, answer_deadline, finished_at, last_error FROM outbox
WHERE seq > ?1 AND (?2 IS NULL OR state = ?2) AND (?3 IS NULL OR destination = ?3) AND referral = ?4
ORDER BY seq LIMIT ?5
-- name: OutboxCounts
SELECT destination, state, count(*) FROM outbox GROUP BY destination, state ORDER BY destination, state
