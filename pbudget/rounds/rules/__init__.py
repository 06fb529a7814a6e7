"""Decisions of a round, pure: how it is counted, where it stands, its dates, its tasks, its manifest, who may approve."""
