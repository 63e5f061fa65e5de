"""A model that reads question and passage together and marks the words that answer."""
