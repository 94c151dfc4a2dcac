-- What was left out of a release stands with its parse: the audit for losses looks at it.

ALTER TABLE parses ADD COLUMN left_out VARCHAR[];
COMMENT ON COLUMN parses.left_out IS 'Sentences that stand on the page and not in the release, cut and bounded; NULL where it was read before they were kept';
