"""Results: what a count found, project by project, with the reason for each, and what other rules would have done."""
