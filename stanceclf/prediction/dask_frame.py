"""A Dask table of articles in, one of their sentences and stances out."""

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
    """Predict the stance of every sentence of a Dask table of articles.

    The result is lazy, with one partition of sentences per partition of articles. Each worker
    gets the model once.

    Parameters
    ----------
    frame : dask.dataframe.DataFrame
        The articles, one per row.
    model : StanceModel
        The model.
    text_column : str, default "text"
        The column of texts; null and empty texts have no sentences.
    id_column : str, optional
        The column of the articles' names. Default: the index.
    longest : int, default 10000
        Maximum length of a sentence in characters; longer ones are cut.

    Returns
    -------
    dask.dataframe.DataFrame
        The sentences, one per row, in the columns ``article``, ``start``, ``end``, ``text``,
        ``stance``, ``p_favor``, ``p_against``, ``p_none``, ``speaker`` and ``voice``.

    Raises
    ------
    StanceclfError
        Dask is not installed.
    ValueError
        A column does not exist.

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
    # One value in the graph, instead of one per partition.
    shared = delayed(model, pure=True)
    return frame.map_partitions(
        _predict, shared, text_column, id_column, longest, meta=to_frame([])
    )


def _predict(
    part: pd.DataFrame, model: StanceModel, text_column: str, id_column: str | None, longest: int
) -> pd.DataFrame:
    names = part.index if id_column is None else part[id_column]
    pairs = zip(names.tolist(), part[text_column].tolist(), strict=True)
    articles = (
        Article(str(name), text) for name, text in pairs if isinstance(text, str) and text.strip()
    )
    return to_frame(predict_articles(model, articles, longest))
