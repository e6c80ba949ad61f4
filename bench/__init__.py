"""
Measures this project against what a person would use instead; ``python -m bench``.

``measure`` runs two commands in turn, ``row`` says what is compared and what is aimed at, ``rows`` holds the rows
(a new one registers itself there), ``report`` prints the table and writes the JSON. An aim that is not met is
shown, never an error: a machine that is busy measures badly.
"""
