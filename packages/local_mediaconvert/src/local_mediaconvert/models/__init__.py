"""What the local MediaConvert keeps: jobs, queues and their tags, in memory."""
