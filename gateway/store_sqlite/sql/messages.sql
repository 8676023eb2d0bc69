-- name: MessageInsert
INSERT INTO message (direction, partner, door, media_type, request_id, correlation_id, business_id, event, digest,
  received_at, verdict, byte_count, request_key, business_key, digest_key, seq)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)
-- name: MessageLast
SELECT coalesce(max(seq), 0) FROM message
-- name: MessageBodyInsert
INSERT INTO message_body (seq, bytes) VALUES (?1, ?2)
-- name: MessageExists
SELECT 1 FROM message WHERE seq = ?1
-- name: MessageReplySet
INSERT INTO message_reply (seq, status, body, inserts) VALUES (?1, ?2, ?3, ?4)
ON CONFLICT (seq) DO UPDATE SET status = ?2, body = ?3, inserts = ?4
-- name: MessageReply
SELECT status, body, inserts FROM message_reply WHERE seq = ?1
-- name: MessageSettle
UPDATE message SET verdict = ?2,
  business_key = CASE WHEN ?2 = 1 THEN business_key END, digest_key = CASE WHEN ?2 = 1 THEN digest_key END
WHERE seq = ?1 AND verdict = 2
-- name: MessageFind
SELECT seq, direction, partner, door, media_type, request_id, correlation_id, business_id, event, digest, received_at,
  verdict, byte_count FROM message WHERE seq = ?1
-- name: MessageFindRequest
SELECT seq, direction, partner, door, media_type, request_id, correlation_id, business_id, event, digest, received_at,
  verdict, byte_count FROM message WHERE request_key = ?1
-- name: MessageFindBusiness
SELECT seq, direction, partner, door, media_type, request_id, correlation_id, business_id, event, digest, received_at,
  verdict, byte_count FROM message
WHERE business_key = ?1 AND partner = ?2 AND business_id = ?3 ORDER BY seq DESC LIMIT 1
-- name: MessageFindDigest
SELECT seq, direction, partner, door, media_type, request_id, correlation_id, business_id, event, digest, received_at,
  verdict, byte_count FROM message
WHERE digest_key = ?1 AND partner = ?2 AND digest = ?3 ORDER BY seq DESC LIMIT 1
-- name: MessageList
SELECT seq, direction, partner, door, media_type, request_id, correlation_id, business_id, event, digest, received_at,
  verdict, byte_count FROM message
WHERE seq < ?1 AND (?2 IS NULL OR direction = ?2) AND (?3 IS NULL OR verdict = ?3) AND (?4 IS NULL OR partner = ?4)
  AND (?5 IS NULL OR received_at >= ?5) AND (?6 IS NULL OR received_at < ?6)
ORDER BY seq DESC LIMIT ?7
-- name: MessageBytes
SELECT bytes FROM message_body WHERE seq = ?1
-- name: MessageConversionInsert
INSERT INTO message_conversion (seq, bundle, receipt) VALUES (?1, ?2, ?3)
-- name: MessageConversion
SELECT bundle, receipt FROM message_conversion WHERE seq = ?1
