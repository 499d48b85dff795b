from .files import (
    KINDS as KINDS,
    articles_in as articles_in,
    check_outside as check_outside,
    find_articles as find_articles,
    search as search,
)
from .loader import (
    MAX_FILE_SIZE as MAX_FILE_SIZE,
    Article as Article,
    Folder as Folder,
    extract_text as extract_text,
    file_with as file_with,
    only_boilerplate as only_boilerplate,
    read_article as read_article,
    read_articles as read_articles,
    read_at_most as read_at_most,
    read_folder as read_folder,
    stream_articles as stream_articles,
    stream_folder as stream_folder,
)
from .normalization import Normalizer as Normalizer
from .quotation_marks import (
    BEFORE_OPENING as BEFORE_OPENING,
    mark_directions as mark_directions,
)
from .sentences import (
    LINE as LINE,
    MAX_SENTENCE as MAX_SENTENCE,
    Sentence as Sentence,
    cut_articles as cut_articles,
)
from .tables.base import file_of as file_of, is_table as is_table, table_of as table_of
from .tables.chunks import (
    Chunk as Chunk,
    find_chunks as find_chunks,
    read_chunk as read_chunk,
    read_columns as read_columns,
)
