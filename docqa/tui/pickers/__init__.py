"""Small dialogs in which one thing is chosen."""
