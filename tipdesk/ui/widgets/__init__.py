"""The parts that pages are made of; each knows how to show one value, none knows a service."""
