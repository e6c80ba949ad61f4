"""The schemas of all types: put together from the bindings and the recording, and kept in one file between runs."""
