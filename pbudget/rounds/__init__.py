"""Rounds: one participatory budget each, with its phase, its dates, its pots and the rule they are counted by."""
