"""Numbers as Terraform computes and writes them.

Terraform's numbers are binary fractions of 512 significant bits, rounded to the nearest and, between two, to the even
one (https://github.com/zclconf/go-cty/blob/main/docs/types.md, Go's ``math/big.Float``). Whole numbers are ``int``
here, all others ``Fraction``. What counts something has 64 bits in Terraform, and a power or logarithm 53: these have
their own classes, because they are written differently.
"""

from __future__ import annotations

import re
from fractions import Fraction
from typing import TypeGuard

Number = int | Fraction

_BITS = 512
_COUNT_BITS = 64
_DECIMAL = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")
_MAYBE = re.compile(r"[+-]?[\d.a-zA-Z_+-]+")
_HIGHEST_EXPONENT = 1000
_LONGEST = 2000  # characters of a number that is read
_MOST_EXACT = 2**53
_SHORT_G = 6  # significant digits from which Go's %g turns to an exponent where it is the shortest form
_LOWEST_G = -4


class Counted(int):
    """A whole number that a function returns: a quotient of two of these is rounded to 64 bits."""


class Double(Fraction):
    """A number that was computed as a 64-bit float."""


class NumberError(ValueError):
    """A text that is no number; ``certain`` says whether Terraform would certainly say so too."""

    def __init__(self, text: str, *, certain: bool) -> None:
        super().__init__(text)
        self.certain = certain


def is_number(value: object) -> TypeGuard[Number]:
    """Whether a value is a number: a truth value is none."""
    return isinstance(value, (int, Fraction)) and not isinstance(value, bool)


def absolute(value: Number) -> Number:
    """Return a number without its sign."""
    return -value if value < 0 else value


def parsed(text: str) -> Number:
    """Return the number that a text stands for. Raises ``NumberError``."""
    if not _DECIMAL.fullmatch(text) or len(text) > _LONGEST:
        raise NumberError(text, certain=not _MAYBE.fullmatch(text))
    exponent = re.split("[eE]", text)[1:]
    if exponent and abs(int(exponent[0])) > _HIGHEST_EXPONENT:
        raise NumberError(text, certain=False)
    made = rounded(Fraction(text))
    if not made and text.startswith("-"):
        raise NumberError(text, certain=False)  # Terraform writes it as -0
    return made


def of_float(value: float) -> Number:
    """Return a 64-bit float as a number. Raises ``NumberError`` for what is none, or too large to be exact."""
    if value != value or abs(value) >= _MOST_EXACT:  # noqa: PLR0124  # not a number
        raise NumberError(str(value), certain=False)
    return int(value) if value.is_integer() else Double(value)


def rounded(value: Fraction | int, bits: int = _BITS) -> Number:
    """Return the nearest number of so many significant bits."""
    numerator, denominator = abs(value.numerator), value.denominator
    if denominator == 1 and numerator.bit_length() <= bits:
        return int(value)
    shift = bits - (numerator.bit_length() - denominator.bit_length())
    while True:
        scaled, rest = divmod(numerator << max(shift, 0), denominator << max(-shift, 0))
        excess = scaled.bit_length() - bits
        if excess == 0:
            break
        shift -= excess
    below = Fraction(rest, denominator << max(-shift, 0))
    if below > Fraction(1, 2) or (below == Fraction(1, 2) and scaled & 1):
        scaled += 1
    made = Fraction(scaled) / (1 << shift) if shift > 0 else Fraction(scaled << -shift)
    made = made if value > 0 else -made
    return int(made) if made.denominator == 1 else made


def computed(sign: str, left: Number, right: Number) -> Number:
    """Return ``left sign right`` for ``+ - * / %``. Raises ``ZeroDivisionError``, or ``NumberError`` for no number."""
    bits = _COUNT_BITS if isinstance(left, Counted) and isinstance(right, Counted) else _BITS
    one, other = Fraction(left), Fraction(right)
    if sign == "%":  # the sign is the dividend's
        quotient = rounded(one / other, bits)
        rest = rounded(one - rounded(int(quotient) * other, bits), bits)
        if isinstance(left, Counted) and not isinstance(rest, int):
            raise NumberError(sign, certain=False)
        return rest
    exact = {"+": one.__add__, "-": one.__sub__, "*": one.__mul__, "/": one.__truediv__}[sign](other)
    result = rounded(exact, bits)
    below_zero = not result and sign in "*/" and (left < 0) != (right < 0)
    if below_zero or (bits == _COUNT_BITS and result != exact):
        raise NumberError(sign, certain=False)  # a fraction of 64 bits, or the zero that is written -0
    return Counted(result) if bits == _COUNT_BITS and isinstance(result, int) else result


def _shortest(value: Number) -> tuple[str, int]:
    """Return the fewest digits that tell a positive number from its neighbours, and the place of the decimal point."""
    bits = 53 if isinstance(value, Double) else _BITS
    value = Fraction(value)  # an operation on it is exact
    point = len(str(int(value))) if value >= 1 else _leading(value)
    low, high = 1, bits // 3 + 2
    while low < high:  # the fewest digits that lead back to the same number
        middle = (low + high) // 2
        digits, place = _digits(value, middle, point)
        if rounded(Fraction(int(digits)) * Fraction(10) ** (place - len(digits)), bits) == value:
            high = middle
        else:
            low = middle + 1
    digits, place = _digits(value, low, point)
    return digits.rstrip("0") or "0", place


def _leading(value: Fraction) -> int:
    """Return how many zeros follow the decimal point of a number below one, as a negative number."""
    place = 0
    while value * Fraction(10) ** (1 - place) < 1:
        place -= 1
    return place


def _digits(value: Fraction, count: int, point: int) -> tuple[str, int]:
    scaled = value * Fraction(10) ** (count - point)
    text = str(round(scaled))  # between two, to the even one
    return (text, point + 1) if len(text) > count else (text.rjust(count, "0"), point)


def text_of(value: Number) -> str:
    """Return a number as Terraform writes it into a text: all digits, no exponent."""
    if isinstance(value, int) and value.bit_length() <= _BITS:
        return str(int(value))
    digits, point = _shortest(absolute(value))
    sign = "-" if value < 0 else ""
    if point <= 0:
        return f"{sign}0.{'0' * -point}{digits}"
    whole = digits[:point].ljust(point, "0")
    return sign + whole + (f".{digits[point:]}" if len(digits) > point else "")


def general_text_of(value: Number) -> str:
    """Return a number as Go's ``%g`` writes it in its shortest form, which ``format`` does for ``%v``."""
    if value == 0:
        return "0"
    sign = "-" if value < 0 else ""
    if isinstance(value, int):
        text = str(abs(int(value)))
        digits, point = text.rstrip("0"), len(text)
    else:
        digits, point = _shortest(absolute(value))
    exponent = point - 1
    if exponent < _LOWEST_G or exponent >= _SHORT_G:
        return sign + _scientific(digits, exponent)
    return text_of(value)


def _scientific(digits: str, exponent: int) -> str:
    mantissa = digits[0] + (f".{digits[1:]}" if len(digits) > 1 else "")
    return f"{mantissa}e{'-' if exponent < 0 else '+'}{abs(exponent):02d}"


def fixed_text_of(value: Number, places: int) -> str:
    """Return the absolute value with so many digits after the point, as ``%.2f`` does."""
    text = str(round(abs(Fraction(value)) * 10**places)).rjust(places + 1, "0")
    return f"{text[:-places]}.{text[-places:]}" if places else text


def scientific_text_of(value: Number, places: int) -> str:
    """Return the absolute value with so many digits after the first, as ``%.2e`` does."""
    exact = abs(Fraction(value))
    if not exact:
        return _scientific("0" * (places + 1), 0)
    point = len(str(int(exact))) if exact >= 1 else _leading(exact)
    digits, point = _digits(exact, places + 1, point)
    return _scientific(digits[: places + 1], point - 1)
