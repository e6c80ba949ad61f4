"""MediaConvert queues and jobs."""
