"""What is wrong with the service → what its people are told, once."""
