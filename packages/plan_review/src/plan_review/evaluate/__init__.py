"""What the expressions of a configuration come to before anything is deployed, as far as that can be told."""
