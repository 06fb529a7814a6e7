"""Participatory budgeting and consultation for a co-operative council."""

__version__ = "0.1.0"
