"""Answers by quotes, without a model."""
