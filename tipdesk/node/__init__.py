"""Layer 7: the embedded Lightning node, an asyncio shell around the pure machines."""
