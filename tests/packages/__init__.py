"""Each package as a wheel, alone in a virtualenv, doing one real thing."""
