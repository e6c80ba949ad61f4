"""Characters as people count them, which Terraform measures texts in: https://unicode.org/reports/tr29/ .

Only texts are taken apart in which nothing joins: letters of the great scripts, and single signs. What holds combining
marks, joiners, flags or the like is unknown.
"""

from __future__ import annotations

import re

from plan_review.evaluate.values import UnknownError

# Characters that stand for themselves. Left out: U+0300..036F and other marks, Hangul Jamo, joiners, variation
# selectors, U+1F1E6..1F1FF (flags), U+1F3FB..1F3FF (skin tones), halfwidth voiced marks.
_SINGLE = (
    "\x00-\x0c\x0e-\xac\xae-\u02ff\u0370-\u0482\u048a-\u0530\u0531-\u0556\u0561-\u0587\u1e00-\u1fff"
    "\u2010-\u2027\u2030-\u205e\u2070-\u20cf\u2100-\u23ff\u2400-\u2bff\u3000-\u3029\u3030-\u3098\u309b-\u30ff"
    "\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\uff01-\uff9d"
    "\U0001f300-\U0001f3fa\U0001f400-\U0001f64f\U0001f680-\U0001f6c5"
)
_CLUSTER = re.compile(f"\r\n|\r|[{_SINGLE}]")


def clusters(text: str) -> list[str]:
    """Return the characters of a text. Raises ``UnknownError`` where that takes more than is known here."""
    found = _CLUSTER.findall(text)
    if sum(map(len, found)) != len(text):
        raise UnknownError
    return [str(each) for each in found]
