"""Keys: three secrets a round, kept as files outside the database, locked copies of them, and their destruction."""
