"""Changes to what is deployed."""
