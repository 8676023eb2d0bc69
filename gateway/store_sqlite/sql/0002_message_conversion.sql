-- What a message in another format than FHIR was made into, and the receipt of that.

CREATE TABLE message_conversion (
  seq      INTEGER PRIMARY KEY REFERENCES message (seq),
  bundle   BLOB NOT NULL,  -- FHIR JSON; empty when none could be made
  receipt  BLOB NOT NULL
) STRICT;
