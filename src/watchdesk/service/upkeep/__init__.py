"""What keeps the database in order beside polls and deliveries: chores, and the process that runs them."""
