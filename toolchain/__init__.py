"""The tools around the pipeline: what is installed, which Terraform and which AWS provider run.

``bootstrap`` and ``lock`` use the standard library alone, because they run before anything is installed.
"""
