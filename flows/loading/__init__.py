"""Files, folders, feeds and WARC files of the user's -> looks; `load` is the way in."""
