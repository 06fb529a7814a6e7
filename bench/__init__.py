"""Measurements, as ratios on one machine in one run."""
