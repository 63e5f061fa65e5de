"""Proofs of what docqa promises: kills, flipped bits, mutants. Each is a command of its own."""
