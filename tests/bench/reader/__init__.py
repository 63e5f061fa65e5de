"""How the packaged reader is trained, and how much it counts beside the ranking."""
