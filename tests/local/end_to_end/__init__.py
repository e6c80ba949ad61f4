"""The real stack, deployed by the real cdktf to the local cloud, and real videos sent through it."""
