"""The archive in WARC: what is written, its ledger, and what a killed run left."""
