"""Tables of articles, one article per row: CSV, TSV, JSON, JSON Lines and Parquet.

Each format is a `Table`; a large table is read in chunks, which may be those of other machines.
"""
