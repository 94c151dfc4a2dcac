-- A prefix beside each hash that a batch is looked up by: a scan for few rows reads 8 bytes a row, not 64 characters.

ALTER TABLE captures ADD COLUMN seen_id_prefix BIGINT;
ALTER TABLE captures ADD COLUMN release_id_prefix BIGINT;
ALTER TABLE captures ADD COLUMN raw_sha256_prefix BIGINT;
ALTER TABLE parses ADD COLUMN input_sha256_prefix BIGINT;
ALTER TABLE texts ADD COLUMN text_sha256_prefix BIGINT;
ALTER TABLE listings ADD COLUMN release_id_prefix BIGINT;
UPDATE captures SET seen_id_prefix = ('0x' || left(seen_id, 15))::BIGINT,
    release_id_prefix = ('0x' || left(release_id, 15))::BIGINT, raw_sha256_prefix = ('0x' || left(raw_sha256, 15))::BIGINT;
UPDATE parses SET input_sha256_prefix = ('0x' || left(input_sha256, 15))::BIGINT;
UPDATE texts SET text_sha256_prefix = ('0x' || left(text_sha256, 15))::BIGINT;
UPDATE listings SET release_id_prefix = ('0x' || left(release_id, 15))::BIGINT;
COMMENT ON COLUMN captures.seen_id_prefix IS 'First 15 hexadecimal digits of seen_id as a number';
COMMENT ON COLUMN captures.release_id_prefix IS 'First 15 hexadecimal digits of release_id as a number';
COMMENT ON COLUMN captures.raw_sha256_prefix IS 'First 15 hexadecimal digits of raw_sha256 as a number';
COMMENT ON COLUMN parses.input_sha256_prefix IS 'First 15 hexadecimal digits of input_sha256 as a number';
COMMENT ON COLUMN texts.text_sha256_prefix IS 'First 15 hexadecimal digits of text_sha256 as a number';
COMMENT ON COLUMN listings.release_id_prefix IS 'First 15 hexadecimal digits of release_id as a number';
