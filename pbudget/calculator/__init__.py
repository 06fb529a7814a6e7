"""The budget calculator: residents balance the council's budget and see what each choice does."""
