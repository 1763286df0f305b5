"""What every exchange over the network needs, asking or sending: a deadline, trust, connections, waits."""
