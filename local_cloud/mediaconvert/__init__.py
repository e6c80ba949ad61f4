"""A local stand-in for AWS Elemental MediaConvert."""
