"""The one place to take part: the front page, and the pages every public service owes its users."""
