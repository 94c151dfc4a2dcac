-- How often each layout gives each field, in percent; a share that falls is a page that changed.
WITH $asked
SELECT l.source, l.layout, l.pages, l.releases, round(100 * l.read_share, 1) AS was_read, round(100 * l.published_share, 1) AS day,
    round(100 * l.breadcrumb_share, 1) AS breadcrumb, round(100 * l.subtitle_share, 1) AS subtitle,
    round(100 * l.second_paragraph_share, 1) AS second_paragraph
FROM layout_health l, asked WHERE asked.source IS NULL OR l.source = asked.source
ORDER BY l.source NULLS LAST, l.layout;
