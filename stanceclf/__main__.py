"""``python -m stanceclf``: the command line."""

from stanceclf.cli import main

if __name__ == "__main__":
    main()
