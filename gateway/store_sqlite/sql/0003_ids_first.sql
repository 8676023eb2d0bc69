-- Ids begin with the number of the message that made them. With the id first, the resources of one message lie together
-- in the index, whatever their types.

DROP INDEX resource_id;
CREATE UNIQUE INDEX resource_id ON resource (id, type);
