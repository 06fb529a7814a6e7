"""What is done later and elsewhere: a queue of jobs, duties at set times, and the worker that does both."""
