"""Pure decisions of the roll: codes, client networks, limits, roll files, letters."""
