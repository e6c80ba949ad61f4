"""MiniStack with its patches, asked through real boto3."""
