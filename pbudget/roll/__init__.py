"""Who may vote in a round, the codes that prove it, the letters that carry them. Never written when someone votes."""
