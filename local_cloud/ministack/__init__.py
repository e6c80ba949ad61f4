"""MiniStack as the pipeline's local AWS: one command that starts it, with our patches applied in its process.

``python -m local_cloud.ministack --port N --data-dir DIR`` runs the emulator on 127.0.0.1 until it is told to end.
What MiniStack 1.5.33 does otherwise than AWS, where the pipeline would notice, is patched in ``patches``: one module a
gap, each checked against the code it replaces, so that a new version of MiniStack cannot be half patched unnoticed.
"""
