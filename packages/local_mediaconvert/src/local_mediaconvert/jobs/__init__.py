"""A job's life: when it runs, what it goes through, and the events that tell of it."""
