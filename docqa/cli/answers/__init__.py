"""`docqa ask`, `search` and `sum`: what answers look like, as text and as JSON."""
