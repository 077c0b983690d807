"""Layer 8: all I/O with the outside. Thin: types and errors are translated, policy is elsewhere."""
