"""Exchange rates from public servers: what their answers mean, and how they are asked."""
