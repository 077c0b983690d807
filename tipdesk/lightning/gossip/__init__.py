"""BOLT 7: who may be believed, what is remembered of the network, how it is told on."""
