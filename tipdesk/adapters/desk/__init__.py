"""The creator's own machine: programs that read aloud, and programs that a tip may start."""
