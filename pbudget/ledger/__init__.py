"""The ledger: every cast ballot and every act on a round, in one append-only chain that anyone can check."""
