"""The command ``text``: the text that an article is read as."""

from __future__ import annotations

from typing import Annotated

import typer

from stanceclf.cli import options
from stanceclf.cli.articles import read_one
from stanceclf.cli.output import output_text


def text(
    path: Annotated[
        str, typer.Argument(metavar="FILE", help="The article, or - for standard input.")
    ],
    encoding: options.Encoding = None,
    max_file: options.MaxFile = options.MAX_FILE,
    output: options.Output = None,
) -> None:
    """Print the text of an article.

    Web pages and Word documents are reduced to their text. The offsets `start` and `end` in the
    output of `predict` refer to it. A row of a table is named as there: posts.csv#17.
    """
    options.forbid_overwrite([output], [path])
    output_text(read_one(path, encoding, max_file).text, output)
