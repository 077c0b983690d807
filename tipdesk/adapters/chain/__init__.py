"""Adapters to servers that know the block chain."""
