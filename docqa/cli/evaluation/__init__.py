"""`docqa eval`: how good the answers are, measured."""
