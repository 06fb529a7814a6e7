"""What may be decided about staff accounts without asking the database: passwords, time limits, tries."""
