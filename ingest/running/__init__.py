"""An ingest: its plan, its worker processes, its pipeline."""
