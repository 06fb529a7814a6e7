"""A round\x27s decisions, pure: how it is counted, where it stands, its dates, tasks and manifest, who may approve."""
