-- name: Begin
BEGIN
-- name: BeginImmediate
BEGIN IMMEDIATE
-- name: Commit
COMMIT
-- name: Rollback
ROLLBACK
-- name: Savepoint
SAVEPOINT unit
-- name: SavepointRelease
RELEASE unit
-- name: SavepointRollback
ROLLBACK TO unit
-- name: StateRead
SELECT commit_seq, audit_seq, audit_hash FROM store_state WHERE id = 1
-- name: StateWrite
UPDATE store_state SET commit_seq = ?1, audit_seq = ?2, audit_hash = ?3 WHERE id = 1
-- name: SettingGet
SELECT value FROM setting WHERE name = ?1
-- name: SettingSet
INSERT INTO setting (name, value) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET value = ?2
-- name: NameFind
SELECT id FROM name WHERE text = ?1
-- name: NameText
SELECT text FROM name WHERE id = ?1
-- name: NameInsert
INSERT INTO name (text) VALUES (?1)
-- name: AuditInsert
INSERT INTO audit (seq, at, partner, ods, role, action, event, subject, referral, message, outcome, hash)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)
-- name: AuditList
SELECT seq, at, partner, ods, role, action, event, subject, referral, message, outcome, hash
FROM audit WHERE seq > ?1 ORDER BY seq LIMIT ?2
