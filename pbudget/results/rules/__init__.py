"""A result's decisions, pure: from ballots to an election, to a .pb file, to what may be published of it and when."""
