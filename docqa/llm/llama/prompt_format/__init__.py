"""The formats in which models read dialogues: families by name, and what a file carries."""
