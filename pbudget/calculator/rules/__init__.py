"""What a budget is, what a choice costs, and what may be chosen: pure, in whole pence and exact fractions."""
