"""Objects in S3 at the endpoint: read, fetched and written."""
