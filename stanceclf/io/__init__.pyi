from . import urls as urls
from .apart import run_apart as run_apart
from .columns import (
    HELD_OUT_COLUMNS as HELD_OUT_COLUMNS,
    LABEL_COLUMNS as LABEL_COLUMNS,
    PROBABILITY_COLUMNS as PROBABILITY_COLUMNS,
    SENTENCE_COLUMNS as SENTENCE_COLUMNS,
    SPEAKER_COLUMNS as SPEAKER_COLUMNS,
    VOTE_PREFIX as VOTE_PREFIX,
    VOTES_COLUMN as VOTES_COLUMN,
    Columns as Columns,
    batched as batched,
)
from .files import (
    atomic_write as atomic_write,
    csv_line as csv_line,
    decode_utf8 as decode_utf8,
    is_stream as is_stream,
    lock_folder as lock_folder,
    read_utf8 as read_utf8,
    sha256_of as sha256_of,
    table_csv as table_csv,
    write_pieces as write_pieces,
    write_text as write_text,
)
from .invisible import INVISIBLE as INVISIBLE, Visible as Visible
from .json_text import (
    read_json_lines as read_json_lines,
    to_json as to_json,
    write_json as write_json,
)
from .keys import END as END, INTERRUPT as INTERRUPT, Keys as Keys
from .outputs import check_outputs as check_outputs
from .parquet_files import (
    arrow_schema as arrow_schema,
    open_dataset as open_dataset,
    read_dataset as read_dataset,
    stream_dataset as stream_dataset,
)
from .terminal import (
    counted as counted,
    draw_table as draw_table,
    fold as fold,
    printable as printable,
    render as render,
    terminal_width as terminal_width,
)
from .urls import (
    files_at as files_at,
    identity as identity,
    is_url as is_url,
    local_path as local_path,
    names_in as names_in,
    open_file as open_file,
    size_of as size_of,
    write_file as write_file,
)
from .walking import walk as walk
from .yaml_files import (
    Section as Section,
    YamlFile as YamlFile,
    YamlText as YamlText,
    not_text as not_text,
    to_yaml as to_yaml,
)
