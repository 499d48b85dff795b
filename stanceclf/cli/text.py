"""The command ``text``: the text that an article is read as."""

from __future__ import annotations

from typing import Annotated

import typer

from stanceclf.cli import options
from stanceclf.cli.articles import read_one
from stanceclf.cli.output import write_text


def text(
    path: Annotated[str, typer.Argument(metavar="FILE", help="The article, or - for input.")],
    encoding: options.Encoding = None,
    max_file: options.MaxFile = options.MAX_FILE,
    output: options.Output = None,
) -> None:
    """Write the text of an article: of a web page or a Word document what is read in it.

    It is what `start` and `end` count in what `predict` writes. A row of a table is named as there:
    posts.csv#17.
    """
    options.spare([output], [path])
    write_text(read_one(path, encoding, max_file << 20).text, output)
