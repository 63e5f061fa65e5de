"""The first screen: what can be asked here, and of which documents."""
