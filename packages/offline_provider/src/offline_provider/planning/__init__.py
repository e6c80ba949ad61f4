"""What a change will do, as the real provider plans it: values, unknowns, replacements.

The real provider's resources are written with two libraries, which plan differently. ``sdk`` and ``framework`` hold
one each; what no schema tells (defaults, immutable arguments, documents compared by meaning) comes from the recorded
``Behaviour`` of the type.
"""
