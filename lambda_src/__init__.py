"""What runs in Lambda: an event is parsed, decided upon and acted on.

``orchestrator`` turns an uploaded object into a MediaConvert job; ``job_events`` follows that job to its end;
``reconciler`` brings to its end what has stopped moving. Events become frozen types at the edge (``upload_event``,
``job_event``, ``source``), decisions are pure functions (``admission``, ``record``, ``ladder``, ``stills``,
``job_settings``, ``notices``), and ``adapter`` alone talks to AWS.

What others must agree on stands once, in modules that import nothing of AWS: ``record`` (statuses), ``job_event``
(MediaConvert's states), ``outcomes``, ``notice_events``, ``table_schema``, ``output_layout``, ``media_types``.
"""
