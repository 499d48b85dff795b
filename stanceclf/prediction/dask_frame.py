"""Partitions: the sentences of a Dask table of articles, and their stances, as another one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stanceclf.articles import MAX_SENTENCE, Article
from stanceclf.errors import missing_extra
from stanceclf.model import StanceModel
from stanceclf.prediction.parquet import to_frame
from stanceclf.prediction.rows import predict_articles

if TYPE_CHECKING:
    import pandas as pd
    from dask.dataframe import DataFrame


def predict_frame(
    frame: DataFrame,
    model: StanceModel,
    *,
    text_column: str = "text",
    id_column: str | None = None,
    longest: int = MAX_SENTENCE,
) -> DataFrame:
    """Return the sentences of a table of articles with their stances, computed when asked for.

    A partition of articles becomes one of sentences; the model goes to each worker once.

    Parameters
    ----------
    frame : dask.dataframe.DataFrame
        An article a row.
    model : StanceModel
        What tells the stance.
    text_column : str, default "text"
        The column of texts; of a null or empty one there is no sentence.
    id_column : str, optional
        What the articles are called by; by default their index.
    longest : int
        A sentence of more characters is cut in parts, of 10,000 by default.

    Returns
    -------
    dask.dataframe.DataFrame
        The columns of `stanceclf.prediction.write_parquet`, a row a sentence.

    Raises
    ------
    StanceclfError
        Dask is not installed.
    ValueError
        There is no such column.

    Examples
    --------
    >>> import pandas as pd
    >>> from dask.dataframe import from_pandas
    >>> from stanceclf import StanceClassifier
    >>> texts = ["开源便宜", "闭源便宜", "下雨"]
    >>> model = StanceClassifier().fit(texts, ["favor", "against", "none"]).freeze()
    >>> posts = from_pandas(pd.DataFrame({"text": ["开源！下雨。", None, "闭源！"]}), npartitions=2)
    >>> predict_frame(posts, model).compute()[["article", "stance"]].values.tolist()
    [['0', 'favor'], ['0', 'none'], ['2', 'against']]
    """
    try:
        from dask import delayed
    except ModuleNotFoundError as error:
        raise missing_extra(error.name or "dask", "dask") from None
    for column in (text_column, id_column):
        if column is not None and column not in frame.columns:
            raise ValueError(f"no column `{column}` (there: {', '.join(map(str, frame.columns))})")
    # As one value of the graph, not as one for each partition.
    sent = delayed(model, pure=True)
    return frame.map_partitions(_predict, sent, text_column, id_column, longest, meta=to_frame([]))


def _predict(
    part: pd.DataFrame, model: StanceModel, text_column: str, id_column: str | None, longest: int
) -> pd.DataFrame:
    names = part.index if id_column is None else part[id_column]
    pairs = zip(names.tolist(), part[text_column].tolist(), strict=True)
    articles = (
        Article(str(name), text) for name, text in pairs if isinstance(text, str) and text.strip()
    )
    return to_frame(predict_articles(model, articles, longest))
