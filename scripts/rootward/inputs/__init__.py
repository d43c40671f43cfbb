"""Reading interactions: one reader per format, all yielding the same `Chunk`s, collected into one table.

The path of a file: `detect` finds its reader; the reader yields chunks (`records`), using `text`, `delimited` and
`jsontext`; `gather` sets aside what cannot be used or is not wanted (`rejections`) and encodes the rest as numbers;
`merge` decides which rows are one interaction and builds the table. `collect` does all of this.
"""
