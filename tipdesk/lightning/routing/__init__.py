"""Which way a payment takes, and what past payments teach about it."""
