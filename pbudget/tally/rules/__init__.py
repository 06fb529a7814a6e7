"""The counting rules: pure functions of an election. Money, shares and prices are exact; floats never decide."""
