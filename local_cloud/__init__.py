"""The pipeline on one machine: an AWS emulator, a local MediaConvert on ffmpeg, and the demo that uses both."""
