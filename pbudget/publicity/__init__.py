"""The time before an election, in which the council publishes nothing that could help a candidate or a party."""
