"""Who took part compared with who lives there, and what of it may be shown: pure, for every room that asks it."""
