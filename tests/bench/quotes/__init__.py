"""How often the quotes hold the answer, and how the weights of their ranking are fitted."""
