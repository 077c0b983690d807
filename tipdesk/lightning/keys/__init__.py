"""BOLT 3, "Keys": derivation, per-commitment secrets, and the signer that holds ours."""
