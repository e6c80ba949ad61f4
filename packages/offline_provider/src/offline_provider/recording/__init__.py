"""Recording what the real AWS provider does, by asking it: ``python -m offline_provider.recording``.

The real provider is started as Terraform starts it and asked to plan thousands of made-up resources; planning asks no
AWS service. What its answers show that the bindings don't carry becomes the data file in ``offline_provider/observed``.
"""
