-- name: ResourceFind
SELECT key, version FROM resource WHERE type = ?1 AND id = ?2
-- name: ResourceInsert
INSERT INTO resource (type, id, version, updated_at, audience) VALUES (?1, ?2, 1, ?3, ?4)
-- name: ResourceUpdate
UPDATE resource SET version = ?2, updated_at = ?3, audience = ?4 WHERE key = ?1
-- name: AudienceInsert
INSERT OR IGNORE INTO audience_member (partner, audience) VALUES (?1, ?2)
-- name: ResourceVersionInsert
INSERT INTO resource_version (seq, at, message, json) VALUES (?1, ?2, ?3, ?4)
-- name: ResourceVersions
SELECT seq, at, message, json FROM resource_version WHERE seq BETWEEN ?1 AND ?2 ORDER BY seq DESC LIMIT ?3
-- name: TokenInsert
INSERT OR IGNORE INTO token_index (key, param, value, system) VALUES (?1, ?2, ?3, ?4)
-- name: TokenDelete
DELETE FROM token_index WHERE key = ?1
-- name: ReferenceInsert
INSERT OR IGNORE INTO reference_index (key, param, value, system) VALUES (?1, ?2, ?3, ?4)
-- name: ReferenceDelete
DELETE FROM reference_index WHERE key = ?1
-- name: StringInsert
INSERT OR IGNORE INTO string_index (key, param, value) VALUES (?1, ?2, ?3)
-- name: StringDelete
DELETE FROM string_index WHERE key = ?1
-- name: DateInsert
INSERT OR IGNORE INTO date_index (key, param, low, high) VALUES (?1, ?2, ?3, ?4)
-- name: DateDelete
DELETE FROM date_index WHERE key = ?1
-- name: ResourceByKey
SELECT id, version FROM resource WHERE key = ?1
