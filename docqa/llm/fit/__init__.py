"""What a model needs and what this machine has."""
