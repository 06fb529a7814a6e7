"""E-mail waiting to go out: queued in the transaction of what it tells about, delivered by the worker alone."""
