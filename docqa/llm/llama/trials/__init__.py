"""Trials of models and processors, in processes of their own where they may end one."""
