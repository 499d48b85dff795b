"""The keys pressed at a terminal, one at a time."""

from __future__ import annotations

import codecs
import os
import re
import select
import signal
import sys
import unicodedata
from contextlib import AbstractContextManager, suppress
from typing import Any

import typer

INTERRUPT, END = "\x03", "\x04"

# A key as a terminal sends it: an escape sequence is one key, and so is Alt with a letter.
KEY = re.compile(r"\x1b+(?:\[\[.|\[[0-?]*[ -/]*[@-Z\\-~]|O.|[^\x1b\[O])|[^\x1b]", re.DOTALL)


class Keys(AbstractContextManager["Keys"]):
    """The keys that are pressed, one by one, without an echo.

    Ctrl-C is a key like others: as a signal, it would discard what was typed before it.
    """

    def __init__(self) -> None:
        self._waiting = ""
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._before: list[Any] | None = None

    def __enter__(self) -> Keys:
        """Make the terminal pass on every key."""
        try:
            import termios
            import tty
        except ImportError:  # Windows
            return self
        self._fd = sys.stdin.fileno()
        self._before = termios.tcgetattr(self._fd)
        # Discards what was typed before there was anything to label.
        tty.setcbreak(self._fd, termios.TCSAFLUSH)
        self._configure()
        # After Ctrl-Z, the terminal comes back as the shell left it.
        self._continued = signal.signal(signal.SIGCONT, lambda *_: self._configure())
        return self

    def _configure(self) -> None:
        import termios
        import tty

        tty.setcbreak(self._fd, termios.TCSANOW)
        mode = termios.tcgetattr(self._fd)
        mode[6][termios.VINTR] = bytes([os.fpathconf(self._fd, "PC_VDISABLE")])
        termios.tcsetattr(self._fd, termios.TCSANOW, mode)

    def __exit__(self, *_: object) -> None:
        """Leave the terminal as it was before."""
        if self._before is not None:
            import termios

            signal.signal(signal.SIGCONT, self._continued)
            with suppress(termios.error):  # The terminal may be closed.
                termios.tcsetattr(self._fd, termios.TCSADRAIN, self._before)

    def __call__(self) -> str:
        """Return the next key, in lower case; `END` if the terminal is closed."""
        try:
            key = self._next()
        except KeyboardInterrupt:
            return INTERRUPT
        except EOFError:
            return END
        # A Chinese input method may send ｆ and ？.
        return unicodedata.normalize("NFKC", key).lower()

    def _next(self) -> str:
        if self._before is None:
            return typer.getchar()
        while True:
            if found := KEY.match(self._waiting):
                self._waiting = self._waiting[found.end() :]
                return found.group()
            # The rest of an escape sequence follows at once; nothing follows the key Esc.
            if self._waiting and not select.select([self._fd], [], [], 0.05)[0]:
                key, self._waiting = self._waiting, ""
                return key
            try:
                data = os.read(self._fd, 1024)
            except OSError:
                data = b""
            if not data:
                raise EOFError
            self._waiting += self._decoder.decode(data)
