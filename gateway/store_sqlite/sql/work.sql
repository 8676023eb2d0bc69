-- name: WorkInsert
INSERT INTO work (kind, referral, message, owner_role, reason, step, next_step_at, created_at, state, confirmed_by)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 1, '')
-- name: WorkDue
SELECT seq, kind, referral, message, owner_role, reason, step, next_step_at, created_at, state, confirmed_by, confirmed_at,
  closed_at FROM work WHERE state = 1 AND next_step_at <= ?1 ORDER BY next_step_at, seq LIMIT ?2
-- name: WorkState
SELECT state FROM work WHERE seq = ?1
-- name: WorkAdvance
UPDATE work SET step = ?2, owner_role = ?3, next_step_at = ?4 WHERE seq = ?1 AND state = 1
-- name: WorkConfirm
UPDATE work SET state = 2, confirmed_by = ?2, confirmed_at = ?3, next_step_at = NULL WHERE seq = ?1 AND state = 1
-- name: WorkClose
UPDATE work SET state = 3, closed_at = ?2, next_step_at = NULL WHERE seq = ?1 AND state IN (1, 2)
-- name: WorkFind
SELECT seq, kind, referral, message, owner_role, reason, step, next_step_at, created_at, state, confirmed_by, confirmed_at,
  closed_at FROM work WHERE seq = ?1
-- name: WorkList
SELECT seq, kind, referral, message, owner_role, reason, step, next_step_at, created_at, state, confirmed_by, confirmed_at,
  closed_at FROM work
WHERE seq > ?1 AND (?2 IS NULL OR state = ?2) AND (?3 IS NULL OR kind = ?3) AND (?4 IS NULL OR owner_role = ?4)
  AND (?5 IS NULL OR referral = ?5)
ORDER BY seq LIMIT ?6
