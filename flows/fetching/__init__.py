"""Live sites: which pages there are, and each of them asked for politely; `crawl` is the way in."""
