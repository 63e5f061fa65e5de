"""What is done to a library, and which libraries there are."""
