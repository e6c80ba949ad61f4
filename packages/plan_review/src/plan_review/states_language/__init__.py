"""Amazon States Language: definitions of state machines, and what is wrong with them."""
