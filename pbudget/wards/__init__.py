"""Wards: who they are, where they lie, who lives there and which postcodes are theirs."""
