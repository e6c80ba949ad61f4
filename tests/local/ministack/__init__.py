"""MiniStack with its mends, asked through real boto3."""
