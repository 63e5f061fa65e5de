"""`docqa models`: which models there are, which are here, and how they would run."""
