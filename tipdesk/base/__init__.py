"""Layer 0: the words every layer speaks. Imports nothing of ours."""
