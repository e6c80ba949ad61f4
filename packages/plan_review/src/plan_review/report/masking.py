"""Keep secrets out of everything that is written.

A value is masked where Terraform calls it sensitive, where it stands in the environment of a function or container,
where its name says that it is secret, and where it looks like a known kind of secret. What of these is secret for
certain is then looked for in the whole output, so that it does not leak through another place.
"""

from __future__ import annotations

import json
import re
from itertools import pairwise
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from plan_review.configuration.model import Configuration
    from plan_review.language.paths import Path

MASK = "(masked)"
_SECRET_NAME = re.compile(
    r"pass(word|wd|phrase)|(^|[_-])pwd($|[_-])|secret|token|api_?key|private_?key|access_?key|credential|connection_?string"
    r"|auth_?key|signing_?key|client_?key|^user_?data",
    re.IGNORECASE,
)
# Names that hold such a word and no secret: hashes, and what names or configures a secret instead of holding it.
_HARMLESS_NAME = re.compile(
    r"hash|_arns?$|_ids?$|_name$|_version|_policy$|_type$|_enabled$|^kms_|tokens?_per|_length$|_count$|_days$|secret_?arn",
    re.IGNORECASE,
)
_NAMING = re.compile(r"(^|_)name$|^bucket$|^identifier$|^family$|^alias$")
_SECRET_VALUE = re.compile(
    r"""
    \b(?:AKIA|ASIA)[A-Z0-9]{16}\b
    |-----BEGIN[ ][A-Z ]*PRIVATE[ ]KEY-----(?:.|\n)*?(?:-----END[ ][A-Z ]*PRIVATE[ ]KEY-----|\Z)
    |\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*
    |\bgh[pousr]_\w{20,}|\bgithub_pat_\w{20,}
    |\bxox[abposr]-[\w-]{10,}
    |\b[rs]k_(?:live|test)_\w{10,}
    |\bAIza[\w-]{30,}
    |(?<=://)[^\s/:@$]+:[^\s/@$]+(?=@)
    """,
    re.VERBOSE,
)
_DENSE = re.compile(r"(?<![\w+/:.-])[A-Za-z0-9+/_-]{32,}={0,2}(?![\w+/:.-])")
_KINDS = (str.islower, str.isupper, str.isdigit)
_MOST_LIKE_WORDS = 0.4  # changes between these a character: names made of words stay below 0.3, random text is at 0.6
_SHORTEST_SECRET = 6  # characters; a shorter one would blot out ordinary words all over the output


def _is_dense(text: str) -> bool:
    """Return whether a word is as random as a generated key: all kinds of characters, in no order."""
    kinds = [next((kind for kind, test in enumerate(_KINDS) if test(letter)), -1) for letter in text]
    changes = sum(one != other for one, other in pairwise(kinds))
    return {0, 1, 2} <= set(kinds) and changes / len(text) >= _MOST_LIKE_WORDS


def scrub_text(text: str) -> str:
    """Return a text with everything that looks like a known kind of secret masked."""
    return _SECRET_VALUE.sub(MASK, text)


def is_environment(path: Path) -> bool:
    """Return whether a path leads to the value of an environment variable."""
    names = [step for step in path if isinstance(step, str)]
    if not any("environment" in name for name in names[:-1]):
        return False
    return names[-1] == "value" or ("variables" in names[-2] and names[-2] != "environment_variable")


def _name_is_secret(path: Path) -> bool:
    name = next((step for step in reversed(path) if isinstance(step, str)), "")
    return bool(_SECRET_NAME.search(name)) and not _HARMLESS_NAME.search(name)


class Masker:
    """Masks values, and remembers those that are secret for certain."""

    def __init__(self) -> None:
        self._secrets: set[str] = set()
        self._plain: set[str] = set()

    def value(self, value: Any, sensitive: Any = None, path: Path = ()) -> Any:
        """Return a value with what is secret in it masked; ``sensitive`` is Terraform's own mark, true or nested."""
        if sensitive is True or _name_is_secret(path):
            self._remember(value)
            return None if value is None else MASK
        if isinstance(value, dict):
            marks = sensitive if isinstance(sensitive, dict) else {}
            return {key: self.value(inner, marks.get(key), (*path, key)) for key, inner in value.items()}
        if isinstance(value, list):
            listed = sensitive if isinstance(sensitive, list) else []
            return [
                self.value(inner, listed[index] if index < len(listed) else None, (*path, index))
                for index, inner in enumerate(value)
            ]
        if value is not None and is_environment(path):
            return MASK
        return self._text(value, path) if isinstance(value, str) else value

    def _text(self, text: str, path: Path) -> str:
        if text[:1] in {"{", "["} and "environment" in text:  # a document, such as the containers of a task
            try:
                return json.dumps(self.value(json.loads(text), path=path), ensure_ascii=False)
            except (ValueError, RecursionError):
                pass
        if _HARMLESS_NAME.search(next((str(step) for step in reversed(path)), "")):
            return scrub_text(text)
        return _DENSE.sub(lambda match: MASK if _is_dense(match[0]) else match[0], scrub_text(text))

    def learn(self, change: Mapping[str, Any]) -> None:
        """Remember what is secret in a change of a plan, before anything is written."""
        for side in ("before", "after"):
            self.value(change.get(side), change.get(f"{side}_sensitive"))

    def learn_from(self, configuration: Configuration) -> None:
        """Remember what is secret in a configuration itself: no plan may come to tell it.

        What resources are called is no secret, whatever a variable that holds it is called.
        """
        for resource in configuration.resources.values():
            self._plain.add(resource.name)
            self._plain |= {str(value) for name, value in resource.arguments.items() if _NAMING.search(name)}
        for resource in configuration.resources.values():
            self.value(resource.arguments)
        for scope in configuration.scopes.values():
            self.value(dict(scope.locals))
            for name, variable in scope.variables.items():
                given = (scope.inputs or {}).get(name)
                for value in (variable.get("default"), given):
                    self.value(value, bool(variable.get("sensitive")), (name,))
            for provider in scope.providers.values():
                self.value(provider)

    def _remember(self, value: Any) -> None:
        if isinstance(value, dict):
            for inner in value.values():
                self._remember(inner)
        elif isinstance(value, list):
            for inner in value:
                self._remember(inner)
        elif isinstance(value, str) and len(value) >= _SHORTEST_SECRET:
            is_reference = "${" in value or value.startswith("arn:")
            if not is_reference and value not in self._plain:
                self._secrets.add(value)

    def output(self, text: str) -> str:
        """Return a text that is about to be written, without any secret that was seen."""
        for secret in sorted(self._secrets, key=lambda each: (-len(each), each)):
            text = text.replace(secret, MASK)
        return scrub_text(text)
