"""What is asked and how answers stand against residents, without Flask or SQL."""
