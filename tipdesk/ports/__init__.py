"""Layer 6: Protocols only; the plugs into which the outside world fits."""
