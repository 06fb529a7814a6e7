"""Backups: a copy of the database taken while people vote, and putting one back without losing votes unnoticed."""
