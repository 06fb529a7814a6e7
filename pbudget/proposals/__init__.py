"""Proposals: costed ideas that can be on a ballot (Pabulib: projects)."""
