"""Where secrets are kept: the keyring of the system, or an encrypted file."""
