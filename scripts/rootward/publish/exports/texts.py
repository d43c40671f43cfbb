"""Columns of a table as columns of text, from which the formats with a line per row put their lines together.

The rule for one text (such as `escape.xml`) is a Python function. `mended` calls it only for the texts that it may
change; everything else is done for a whole column at once.
"""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow as pa

NOT_ONE_LINE = "[^ -~]|^ | $"  # matches every text that `escape.one_line` may change


def mended(column: "pa.Array", mend: Callable[[str], str], where: str) -> "pa.Array":
    """The column with `mend` applied to the texts that `where` matches: a regular expression (RE2) for all texts that
    it may change.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    matching = pc.match_substring_regex(column, where)
    if not pc.any(matching).as_py():
        return column
    found = column.filter(matching).dictionary_encode()
    texts = pa.array(map(mend, found.dictionary.to_pylist()), pa.string())
    return pc.replace_with_mask(column, matching, texts.take(found.indices))


def mended_lists(column: "pa.ListArray", mend: "Callable[[pa.Array], pa.Array]") -> "pa.ListArray":
    """A column of lists with `mend` applied to the column of their members."""
    import pyarrow as pa

    return pa.ListArray.from_arrays(column.offsets, mend(column.values), mask=column.is_null())


def numbers(column: "pa.Array") -> "pa.Array":
    """Numbers as Python writes them."""
    import pyarrow as pa

    found = column.dictionary_encode()
    return pa.array(map(repr, found.dictionary.to_pylist()), pa.string()).take(found.indices)


def is_text(column: "pa.Array") -> bool:
    """Whether a column holds texts."""
    import pyarrow as pa

    return bool(pa.types.is_string(column.type))


def known(column: "pa.Array") -> "pa.Array":
    """The column with null for empty texts and lists."""
    import pyarrow as pa
    import pyarrow.compute as pc

    length = pc.binary_length if is_text(column) else pc.list_value_length
    return column if pa.types.is_floating(column.type) else pc.if_else(pc.equal(length(column), 0), None, column)


def joined(*pieces: "pa.Array | str") -> "pa.Array":
    """The pieces of each row as one text; null if one of them is null."""
    import pyarrow.compute as pc

    return pc.binary_join_element_wise(*pieces, "")


def listed(columns: "Iterable[pa.Array | str]", separator: str) -> "pa.Array":
    """The texts of each row, without nulls, with a separator between them. A row must have one: pyarrow 26 leaves out
    rows of nulls.
    """
    import pyarrow.compute as pc

    return pc.binary_join_element_wise(*columns, separator, null_handling="skip")
