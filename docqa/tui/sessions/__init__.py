"""The kept conversations."""
