"""Layer 11: the front end of text. Each command asks a service or a running TipDesk."""
