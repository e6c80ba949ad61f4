"""Tests of the package, which need nothing else of the repository."""
