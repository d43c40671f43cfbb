"""Reading interactions: one reader per format, all yielding the same `Chunk`s, collected into one table."""
