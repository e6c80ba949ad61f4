"""Hold a Terraform configuration and its plan against what AWS will demand of it, and report it for review.

Nothing here imports the stacks: a configuration is read from Terraform's own JSON or HCL, whoever wrote it.
"""
