"""The local MediaConvert, through real boto3 clients, a real S3 and a real ffmpeg."""
