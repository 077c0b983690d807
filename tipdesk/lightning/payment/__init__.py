"""Payments: what is sent out, what comes in."""
