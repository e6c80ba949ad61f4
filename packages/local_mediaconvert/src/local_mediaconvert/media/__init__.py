"""What a media file is, read by PyAV."""
