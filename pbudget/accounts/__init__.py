"""Staff: who they are, how they sign in, what they may do, and the page they start from."""
