"""MiniStack as the pipeline's local AWS: one command that starts it, with our mends applied in its process.

``python -m local_cloud.ministack --port N --data-dir DIR`` runs the emulator on 127.0.0.1 until it is told to end.
What MiniStack 1.5.33 does otherwise than AWS, where the pipeline would notice, is mended in ``mends``: one module a
gap, each checked against the code it replaces, so that a new version of MiniStack cannot be half mended unnoticed.
"""
