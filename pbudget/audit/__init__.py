"""What staff did: an append-only, hash-chained list that officers and auditors read and nobody changes."""
