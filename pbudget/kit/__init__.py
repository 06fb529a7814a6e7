"""Small pure nouns every room shares: errors, money, the clock."""
