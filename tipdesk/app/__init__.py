"""Layer 9: the composition root, the only place that knows everyone."""
