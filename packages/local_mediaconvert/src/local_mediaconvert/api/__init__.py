"""MediaConvert's API over HTTP: a request in, an answer out."""
