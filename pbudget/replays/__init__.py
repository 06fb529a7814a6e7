"""Replays: past elections read from Pabulib files, kept byte for byte and counted again in the open."""
