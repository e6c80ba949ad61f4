"""The real handlers and their real adapter on simulated AWS clients, in virtual time.

``scheduler`` keeps the time and lets invocations take turns at every call; ``cloud`` is what every call goes through,
with the faults that a history asks for. ``objects`` (S3), ``table`` (DynamoDB), ``jobs`` (MediaConvert), ``functions``
(Lambda and the delivery of events) and ``topic`` (SNS) behave as AWS's documentation says; ``test_as_the_emulator``
holds those that the local emulator has against it. ``world`` puts them together, ``histories`` says what happens in it,
and ``promises`` what must hold of every history.

``python -m tests.simulation`` tries random histories and prints the shortest one that breaks a promise.
"""
