"""`docqa ingest`, `ls`, `rm`, `inspect`, `read`, `reindex`: the documents of a library."""
