from .files import (
    find_articles as find_articles,
    has_articles as has_articles,
    skipped_files as skipped_files,
)
from .loader import (
    MOST as MOST,
    Article as Article,
    Folder as Folder,
    read_article as read_article,
    read_articles as read_articles,
    read_at_most as read_at_most,
    read_folder as read_folder,
    stream_articles as stream_articles,
    stream_folder as stream_folder,
    text_of as text_of,
)
from .normalization import Normalizer as Normalizer
from .sentences import (
    LINE as LINE,
    LONGEST as LONGEST,
    Sentence as Sentence,
    cut_articles as cut_articles,
)
from .table_shares import Share as Share, find_shares as find_shares, rows_of as rows_of
from .tables import is_table as is_table, table_of as table_of
