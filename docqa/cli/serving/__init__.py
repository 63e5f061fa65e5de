"""Commands that let other programs ask."""
