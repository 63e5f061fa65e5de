"""What can be done with every document beside asking: each task one module, one registry line."""
