"""What is on screen, as properties and signals: view models know services, not widgets."""
