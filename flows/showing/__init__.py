"""`show`: one release, its kept page line by line, what an edit changed, its citation."""
