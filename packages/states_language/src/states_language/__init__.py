"""Amazon States Language: definitions of state machines, and what AWS Step Functions would refuse in them."""
