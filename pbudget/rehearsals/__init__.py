"""The logic-and-accuracy test: known ballots of every kind, cast and counted with keys and a chain of their own."""
