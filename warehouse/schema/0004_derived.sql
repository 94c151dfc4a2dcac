-- What follows from texts alone is derived once and kept: each row is a function of its key and of the rules' revision.

CREATE TABLE list_contents (
    source VARCHAR NOT NULL, input_sha256 VARCHAR NOT NULL, landing BIGINT NOT NULL, reader VARCHAR NOT NULL, release_ids VARCHAR[] NOT NULL
);
COMMENT ON TABLE list_contents IS 'What stood on a list page or in a feed, in its order: what is dropped from it later is seen';
COMMENT ON COLUMN list_contents.source IS 'The source whose list it is';
COMMENT ON COLUMN list_contents.input_sha256 IS 'Key of the page, as in captures';
COMMENT ON COLUMN list_contents.landing IS 'Read again otherwise, the latest reading speaks: it has the highest number';
COMMENT ON COLUMN list_contents.reader IS 'Key of what read it: another one may read more or less of the same list, and is not compared with it';
COMMENT ON COLUMN list_contents.release_ids IS 'Releases, first entry first';

CREATE TABLE sketches (text_sha256 VARCHAR NOT NULL, rules INTEGER NOT NULL, buckets BIGINT[] NOT NULL);
COMMENT ON TABLE sketches IS 'Buckets of each text: two texts that may be one release share one';
COMMENT ON COLUMN sketches.text_sha256 IS 'The text';
COMMENT ON COLUMN sketches.rules IS 'Revision of the rules of mirrors';
COMMENT ON COLUMN sketches.buckets IS 'Its buckets; none where the text is too short for any';

CREATE TABLE text_pairs (first_sha256 VARCHAR NOT NULL, second_sha256 VARCHAR NOT NULL, rules INTEGER NOT NULL, similarity DOUBLE);
COMMENT ON TABLE text_pairs IS 'Texts that were compared because they share a bucket';
COMMENT ON COLUMN text_pairs.first_sha256 IS 'The text whose hash is lower';
COMMENT ON COLUMN text_pairs.second_sha256 IS 'The other';
COMMENT ON COLUMN text_pairs.rules IS 'Revision of the rules of mirrors';
COMMENT ON COLUMN text_pairs.similarity IS 'From 0 to 1 where they are one release; NULL where they are not';

CREATE TABLE text_diffs (from_sha256 VARCHAR NOT NULL, to_sha256 VARCHAR NOT NULL, rules INTEGER NOT NULL, edit_class VARCHAR NOT NULL, declared BOOLEAN NOT NULL);
COMMENT ON TABLE text_diffs IS 'How one text differs from another: an edit, or a mirror';
COMMENT ON COLUMN text_diffs.from_sha256 IS 'The text before, or the canonical one';
COMMENT ON COLUMN text_diffs.to_sha256 IS 'The text after, or the mirror''s';
COMMENT ON COLUMN text_diffs.rules IS 'Revision of the rules of edits';
COMMENT ON COLUMN text_diffs.edit_class IS 'removed_paragraph, changed_fact, wording or punctuation';
COMMENT ON COLUMN text_diffs.declared IS 'Whether the text after says that it was edited';

CREATE TABLE diff_spans (
    from_sha256 VARCHAR NOT NULL, to_sha256 VARCHAR NOT NULL, rules INTEGER NOT NULL, position INTEGER NOT NULL,
    change VARCHAR NOT NULL, field VARCHAR NOT NULL, span_start BIGINT NOT NULL, span_stop BIGINT NOT NULL, words VARCHAR NOT NULL
);
COMMENT ON TABLE diff_spans IS 'The words that went and came';
COMMENT ON COLUMN diff_spans.from_sha256 IS 'The text before';
COMMENT ON COLUMN diff_spans.to_sha256 IS 'The text after';
COMMENT ON COLUMN diff_spans.rules IS 'Revision of the rules of edits';
COMMENT ON COLUMN diff_spans.position IS 'Order, from 0';
COMMENT ON COLUMN diff_spans.change IS 'went or came';
COMMENT ON COLUMN diff_spans.field IS 'title, subtitle or body';
COMMENT ON COLUMN diff_spans.span_start IS 'First code point, in the text where the words stand';
COMMENT ON COLUMN diff_spans.span_stop IS 'Code point after the last';
COMMENT ON COLUMN diff_spans.words IS 'The words';

CREATE TABLE days_derived (days_key VARCHAR NOT NULL, rules INTEGER NOT NULL);
COMMENT ON TABLE days_derived IS 'Texts, with what is known of their publication, whose days were looked for';
COMMENT ON COLUMN days_derived.days_key IS 'Hash of the text and of all that its days follow from';
COMMENT ON COLUMN days_derived.rules IS 'Revision of the rules of days';

CREATE TABLE day_evidence (
    days_key VARCHAR NOT NULL, rules INTEGER NOT NULL, position INTEGER NOT NULL, about VARCHAR NOT NULL, method VARCHAR NOT NULL,
    text VARCHAR NOT NULL, field VARCHAR, span_start BIGINT, span_stop BIGINT, earliest_on DATE, latest_on DATE,
    precision VARCHAR, chosen BOOLEAN NOT NULL
);
COMMENT ON TABLE day_evidence IS 'What a text and its URL say of the day of its event and of its publication';
COMMENT ON COLUMN day_evidence.days_key IS 'As in days_derived';
COMMENT ON COLUMN day_evidence.rules IS 'Revision of the rules of days';
COMMENT ON COLUMN day_evidence.position IS 'Order, from 0';
COMMENT ON COLUMN day_evidence.about IS 'event or published';
COMMENT ON COLUMN day_evidence.method IS 'title, text, tenure, first_known, page_id or url';
COMMENT ON COLUMN day_evidence.text IS 'The words that say it';
COMMENT ON COLUMN day_evidence.field IS 'title, subtitle or body, where it stands in the text';
COMMENT ON COLUMN day_evidence.span_start IS 'First code point in that field';
COMMENT ON COLUMN day_evidence.span_stop IS 'Code point after the last';
COMMENT ON COLUMN day_evidence.earliest_on IS 'First day that it allows';
COMMENT ON COLUMN day_evidence.latest_on IS 'Last day that it allows';
COMMENT ON COLUMN day_evidence.precision IS 'day where it is one day, else NULL';
COMMENT ON COLUMN day_evidence.chosen IS 'Whether the day of the event follows from it';

ALTER TABLE sources ADD COLUMN mission BOOLEAN;
COMMENT ON COLUMN sources.mission IS 'Whether it is an embassy, a consulate or a mission, which publish what their ministry says';
