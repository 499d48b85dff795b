"""``stanceclf`` and ``python -m stanceclf``: the command line."""

import signal


def main() -> None:
    """Run the command line; Ctrl-C ends it without a traceback even while it is being imported."""
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    from stanceclf.cli import main as run

    run()


if __name__ == "__main__":
    main()
