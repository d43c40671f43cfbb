"""Reading interactions: one reader per format, all yielding the same `Chunk`s, collected into one table.

A file's way: `detect` finds its reader; the reader yields chunks (`records`), with `text`, `delimited` and `jsontext`
below it; `gather` sets aside what cannot be used or is not wanted (`rejections`) and keeps the rest as numbers;
`merge` decides which rows are one interaction and lays out the table. `collect` does all of it.
"""
