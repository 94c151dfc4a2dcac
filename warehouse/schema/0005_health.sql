-- Incidents of every kind stand where holds stood alone.

ALTER TABLE holds ADD COLUMN kind VARCHAR DEFAULT 'hold';
-- What stood before nobody tells again.
ALTER TABLE holds ADD COLUMN told BOOLEAN DEFAULT 'true'; -- DuckLake takes no other literal for it
COMMENT ON COLUMN holds.told IS 'Whether somebody was told of it; a run that died before it told leaves that to the next';
COMMENT ON TABLE holds IS 'When an incident of a source opened, and when it closed; of each kind the latest row speaks';
COMMENT ON COLUMN holds.opened IS 'true: open from here on; false: closed';
COMMENT ON COLUMN holds.kind IS 'hold: the source stops landing. fill, yield and silence stop nothing';
