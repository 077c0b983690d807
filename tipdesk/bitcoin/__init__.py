"""Layer 1: consensus data and what we ask of a chain. Pure; words and BIP-32 are bdk's."""
