"""One way of cleaning up serves Ctrl-C and all other ways to end, and what was set before comes back."""

import os
import signal
import threading
from collections.abc import Iterator
from types import FrameType

import pytest

from terraform_runtime.signals import termination_as_interrupt, uninterrupted


class ReachedError(Exception):
    """A signal has reached the handler that was set before the block."""


def _handler(number: int, _frame: FrameType | None) -> None:
    raise ReachedError(signal.Signals(number).name)


@pytest.fixture(autouse=True)
def handlers() -> Iterator[None]:
    """Begin with a handler of our own, so that a signal that gets through fails one test and ends nothing."""
    before = {number: signal.signal(number, _handler) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_the_end_that_the_system_asks_for_counts_as_ctrl_c(number: signal.Signals) -> None:
    with pytest.raises(KeyboardInterrupt), termination_as_interrupt():
        os.kill(os.getpid(), number)
    assert signal.getsignal(number) is _handler


def test_what_nohup_has_set_to_be_ignored_stays_so() -> None:
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    with termination_as_interrupt():
        os.kill(os.getpid(), signal.SIGHUP)
    assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_an_impatient_second_signal_does_not_cut_a_clean_up_short(number: signal.Signals) -> None:
    with uninterrupted():
        os.kill(os.getpid(), number)
    assert signal.getsignal(number) is _handler


def test_another_thread_leaves_the_signals_to_the_main_one() -> None:
    seen = []

    def run() -> None:
        with termination_as_interrupt():
            seen.append(signal.getsignal(signal.SIGTERM))

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    assert seen == [_handler]
