-- 7. What differs between the mirrors of one release?
-- One row for each mirror: the words that only the canonical release has, and those that only the mirror has, in
-- order, parted by `…`. Method `exact`: they do not differ.
-- Compared are the latest versions. Not looked for: mirrors on sites whose pages are not kept, and differences in
-- images, links and layout. Which of the two was changed, question 2 may know.
SELECT c.title, site_of(c.url) AS canonical_site, site_of(m.url) AS mirror_site, k.method, round(k.similarity, 3) AS similarity,
    string_agg(trim(d.words), ' … ' ORDER BY d.position) FILTER (d.change = 'went') AS only_canonical,
    string_agg(trim(d.words), ' … ' ORDER BY d.position) FILTER (d.change = 'came') AS only_mirror
FROM mirrors k JOIN releases m ON m.release_id = k.release_id JOIN releases c ON c.release_id = k.canonical_id
LEFT JOIN mirror_differences d ON d.release_id = k.release_id
GROUP BY ALL ORDER BY similarity, c.title, mirror_site;
