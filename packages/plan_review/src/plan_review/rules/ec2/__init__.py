"""Images, and the targets of load balancers."""
