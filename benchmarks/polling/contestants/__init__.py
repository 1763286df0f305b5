"""Programs that poll feeds, each doing its own whole job."""
