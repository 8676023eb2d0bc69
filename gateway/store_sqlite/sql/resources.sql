-- name: ResourceFind
SELECT key, version, audience, entries, json FROM resource WHERE type = ?1 AND id = ?2
-- name: ResourceVersion
SELECT key, version FROM resource WHERE type = ?1 AND id = ?2
-- name: ResourceSight
SELECT key, audience FROM resource WHERE type = ?1 AND id = ?2
-- name: ResourceInsert
INSERT INTO resource (type, id, version, at, audience, message, entries, json) VALUES (?1, ?2, 1, ?3, ?4, ?5, ?6, ?7)
-- name: ResourceUpdate
UPDATE resource SET version = ?2, at = ?3, audience = ?4, message = ?5, entries = ?6, json = ?7 WHERE key = ?1
-- name: ResourceShow
UPDATE resource SET audience = ?2 WHERE key = ?1
-- name: ResourceKeepVersion
INSERT INTO resource_version (seq, at, message, json) SELECT ?2, at, message, json FROM resource WHERE key = ?1
-- name: ResourceCurrent
SELECT id, version, at, message, json FROM resource WHERE key = ?1
-- name: ResourceJson
SELECT json FROM resource WHERE key = ?1 AND version = ?2
-- name: ResourceProbe
SELECT id, at, audience, entries FROM resource WHERE key = ?1
-- name: ResourceVersions
SELECT seq, at, message, json FROM resource_version WHERE seq BETWEEN ?1 AND ?2 ORDER BY seq DESC LIMIT ?3
-- name: AudienceInsert
INSERT OR IGNORE INTO audience_member (partner, audience) VALUES (?1, ?2)
-- name: AudiencesOf
SELECT audience FROM audience_member WHERE partner = ?1
-- name: ValueInsert
INSERT INTO value_index (value, param, key, system) VALUES (?1, ?2, ?3, ?4)
-- name: ValuesInsert
INSERT INTO value_index (value, param, key, system) VALUES (?, ?, ?, ?), (?, ?, ?, ?), (?, ?, ?, ?), (?, ?, ?, ?),
  (?, ?, ?, ?), (?, ?, ?, ?), (?, ?, ?, ?), (?, ?, ?, ?)
-- name: ValueDelete
DELETE FROM value_index WHERE value = ?1 AND param = ?2 AND key = ?3 AND system = ?4
