"""Layer 1: one module per C library; nothing else in the program touches them."""
