"""From a job's settings and its input to files in S3: planned, run by one ffmpeg, packaged."""
