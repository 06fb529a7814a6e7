"""The roll desk: an officer, and a resident who has no letter, no code or the wrong ward."""
