"""What runs in Lambda: an event is parsed, decided upon and acted on.

``orchestrator`` turns an uploaded object into a MediaConvert job; ``job_events`` follows that job to its end. Events
become frozen types at the edge (``upload_event``, ``job_event``, ``source``), decisions are pure functions
(``admission``, ``record``, ``ladder``, ``stills``, ``job_settings``, ``notices``), and ``adapter`` alone talks to AWS.
"""
