"""Equality questions: optional answers about a voter, kept sealed and apart from the ballot until certification."""
