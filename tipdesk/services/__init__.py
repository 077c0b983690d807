"""Layer 7: what TipDesk does, over ports: feeds, tips, receiving, wallet, channels, creators.

A service owns its state, makes it durable, and only then tells the bus. Getters answer at once
from memory; coroutines do I/O. No adapters, no Qt, no SQL here.
"""
