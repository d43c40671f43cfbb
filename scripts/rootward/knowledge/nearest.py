"""Finds the known names most similar to a given one, by n-grams of their letters."""

from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from rootward.knowledge.names import gist

if TYPE_CHECKING:
    import numpy as np
    from scipy.sparse import csr_matrix


POSTINGS = 10_000  # names that may share an n-gram with a query, summed over its n-grams
SHORTLIST = 50  # names compared with the whole query, at least


class NameIndex:
    """Nearest known names by TF-IDF over character n-grams (2 to 5) of the gist, cosine similarity.

    Everything is sparse: it takes about 400 bytes per name, and a query touches only names that share an n-gram.
    Method: cosine on n-gram TF-IDF as in Salton & Buckley (1988), doi:10.1016/0306-4573(88)90021-0.
    """

    def __init__(self, names: Sequence[str], sizes: tuple[int, int] = (2, 5)):
        import numpy as np

        self.names = list(names)
        self._sizes = sizes
        self._vocabulary: dict[str, int] = {}
        counts = self._counts(self.names, grow=True)
        frequency = np.bincount(counts.indices, minlength=len(self._vocabulary))
        self._idf = np.log((1 + len(self.names)) / (1 + frequency)) + 1.0
        self._frequency = frequency
        self._matrix = self._weigh(counts)

    @cached_property
    def _transposed(self) -> "csr_matrix":
        return self._matrix.T.tocsr()

    def _grams(self, name: str) -> Iterable[str]:
        for word in gist(name).split():
            padded = f" {word} "
            for size in range(self._sizes[0], self._sizes[1] + 1):
                if size >= len(padded):
                    yield padded
                    break
                for start in range(len(padded) - size + 1):
                    yield padded[start : start + size]

    def _counts(self, names: Sequence[str], grow: bool = False) -> "csr_matrix":
        import numpy as np
        from scipy.sparse import csr_matrix

        vocabulary, ends = self._vocabulary, [0]
        columns: list[int] = []
        for name in names:
            for gram in self._grams(name):
                column = vocabulary.setdefault(gram, len(vocabulary)) if grow else vocabulary.get(gram)
                if column is not None:
                    columns.append(column)
            ends.append(len(columns))
        shape = (len(names), len(vocabulary))
        counts = csr_matrix((np.ones(len(columns)), np.asarray(columns, dtype=np.int32), np.asarray(ends)), shape=shape)
        counts.sum_duplicates()
        return counts

    def _weigh(self, counts: "csr_matrix") -> "csr_matrix":
        import numpy as np
        from scipy.sparse import diags

        counts.data = 1.0 + np.log(counts.data)
        weighted = counts @ diags(self._idf)
        norms = np.sqrt(weighted.multiply(weighted).sum(axis=1)).A1
        norms[norms == 0] = 1.0
        return (diags(1.0 / norms) @ weighted).tocsr()

    def nearest(self, queries: Sequence[str], k: int, threshold: float = 0.0) -> list[list[tuple[int, float]]]:
        """For each query up to `k` (position in `names`, similarity 0 to 1), best first; ties by position.

        If the n-grams of a query occur in more than POSTINGS names in total, only its rarest n-grams choose the names
        that are compared with the whole query, so its cost does not grow with the number of names.
        benchmarks/nearest_names.py measures what this misses.
        """
        if k < 1:
            return [[] for _ in queries]
        found: list[list[tuple[int, float]]] = []
        for start in range(0, len(queries), 512):  # blocks bound the memory of the product
            vectors = self._weigh(self._counts(queries[start : start + 512]))
            scores = (self._rarest(vectors) @ self._transposed).tocsr()
            rows, columns = _shortlist(scores, max(SHORTLIST, 4 * k))
            exact = _products(vectors, rows, other=self._matrix, columns=columns)
            found += _ranked(rows, columns, scores=exact, count=vectors.shape[0], k=k, threshold=threshold)
        return found

    def _rarest(self, vectors: "csr_matrix") -> "csr_matrix":
        """The rarest n-grams of each vector, at least one, as long as they occur in at most POSTINGS names in total."""
        import numpy as np
        from scipy.sparse import csr_matrix

        row_of = np.repeat(np.arange(vectors.shape[0]), np.diff(vectors.indptr))
        frequency = self._frequency[vectors.indices]
        order = np.lexsort((vectors.indices, frequency, row_of))
        columns, weights, frequency = vectors.indices[order], vectors.data[order], frequency[order]
        sums = np.concatenate(([0], np.cumsum(frequency)))
        starts = vectors.indptr[:-1]
        so_far = sums[1:] - np.repeat(sums[starts], np.diff(vectors.indptr))
        keep = so_far <= POSTINGS
        keep[starts[np.diff(vectors.indptr) > 0]] = True
        ends = np.concatenate(([0], np.cumsum(np.bincount(row_of[keep], minlength=vectors.shape[0]))))
        return csr_matrix((weights[keep], columns[keep], ends), shape=vectors.shape)

    def near_pairs(self, k: int, threshold: float) -> list[tuple[int, int]]:
        """The pairs (i, j), i < j, of known names with a similarity of at least `threshold`, where one is among the `k`
        most similar names of the other; sorted.

        Prefix filtering (Bayardo, Ma & Srikant 2007, doi:10.1145/1242572.1242591): with n-grams ordered from rare to
        common, two names can only be similar enough if they share one of the rare n-grams that make up more than 1 -
        threshold² of their squared length. For the names that do, the rare n-grams give an upper bound: their own
        contribution to the similarity, plus at most the remaining length of the name whose rare n-grams end first. Only
        pairs whose bound reaches the threshold are compared.
        """
        import numpy as np

        prefixes, left, ends = self._prefixes(threshold)
        transposed = prefixes.T.tocsr()
        pairs: list[tuple[int, int]] = []
        for start in range(0, len(self.names), 512):  # blocks bound the memory of the product
            shared = (prefixes[start : start + 512] @ transposed).tocoo()
            rows, columns = shared.row + start, shared.col
            rest = np.where(ends[rows] <= ends[columns], left[rows], left[columns])
            may = (shared.data + rest >= threshold - 1e-4) & (rows != columns)  # the product has single precision
            rows, columns = rows[may], columns[may]
            scores = self._similarities(rows, columns).round(9)  # the order of summation must not decide a tie
            near = scores >= max(threshold, 1e-9)
            rows, columns, scores = rows[near], columns[near], scores[near]
            order = np.lexsort((columns, -scores, rows))
            rows, columns = rows[order], columns[order]
            rank = np.arange(len(rows)) - np.searchsorted(rows, rows)
            best = rank < k
            pairs += zip(rows[best].tolist(), columns[best].tolist(), strict=True)
        return sorted({(min(pair), max(pair)) for pair in pairs})

    def _prefixes(self, threshold: float) -> "tuple[csr_matrix, np.ndarray, np.ndarray]":
        """For each name the weights of its rarest n-grams, the length of the remaining ones, and the rarity rank of the
        last n-gram taken.

        N-grams are taken until the remaining ones are shorter than the threshold. To make the bound of a pair tighter,
        more are taken until the remaining ones are shorter than 0.7 times the threshold, but only n-grams in less than
        a thirtieth of the names. In benchmarks/tree_scale.py and merge_candidates.py, taking more cost more than it
        saved.
        """
        import numpy as np
        from scipy.sparse import csr_matrix

        matrix, frequency = self._matrix, self._frequency
        rarity = np.empty(len(frequency), dtype=np.int64)
        rarity[np.argsort(frequency, kind="stable")] = np.arange(len(frequency))
        row_of = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
        order = np.lexsort((rarity[matrix.indices], row_of))
        columns, weights = matrix.indices[order], matrix.data[order]
        squares = weights**2
        sums = np.concatenate(([0.0], np.cumsum(squares)))
        before = sums[:-1] - np.repeat(sums[matrix.indptr[:-1]], np.diff(matrix.indptr))
        rare = frequency[columns] < len(self.names) / 30
        needed, sharp = 1 - threshold**2 + 1e-6, 1 - (0.7 * threshold) ** 2  # sums of millions of terms need a margin
        keep = (before <= needed) | (before <= sharp) & rare
        starts = np.concatenate(([0], np.cumsum(np.bincount(row_of[keep], minlength=matrix.shape[0]))))
        prefixes = csr_matrix((weights[keep].astype(np.float32), columns[keep], starts), shape=matrix.shape)
        left = np.sqrt(np.bincount(row_of[~keep], squares[~keep], minlength=matrix.shape[0]))
        ends = np.zeros(matrix.shape[0], dtype=np.int64)
        np.maximum.at(ends, row_of[keep], rarity[columns[keep]])
        return prefixes, left, ends

    def _similarities(self, rows: "np.ndarray", columns: "np.ndarray") -> "np.ndarray":
        """The similarity of names at the given positions, pair by pair."""
        return _products(self._matrix, rows, other=self._matrix, columns=columns)


def _products(one: "csr_matrix", rows: "np.ndarray", other: "csr_matrix", columns: "np.ndarray") -> "np.ndarray":
    """The dot products of rows of `one` with rows of `other`, pair by pair."""
    import numpy as np

    found = np.empty(len(rows))
    for at in range(0, len(rows), 50_000):  # limits the memory of the paired rows
        part = slice(at, at + 50_000)
        found[part] = one[rows[part]].multiply(other[columns[part]]).sum(axis=1).A1
    return found


def _shortlist(scores: "csr_matrix", count: int) -> "tuple[np.ndarray, np.ndarray]":
    """(row, column) of the `count` highest scores of each row, including ties with the last of them."""
    import numpy as np

    rows, columns = [], []
    for row in range(scores.shape[0]):
        span = slice(scores.indptr[row], scores.indptr[row + 1])
        indices, data = scores.indices[span], scores.data[span].round(9)  # the order of summation must not decide a tie
        if len(data) > count:
            near = data >= np.partition(data, len(data) - count)[len(data) - count]
            indices = indices[near]
        rows.append(np.full(len(indices), row))
        columns.append(indices)
    return np.concatenate(rows), np.concatenate(columns)


def _ranked(
    rows: "np.ndarray", columns: "np.ndarray", scores: "np.ndarray", count: int, k: int, threshold: float
) -> list[list[tuple[int, float]]]:
    """For each of `count` rows the `k` best (column, score) that reach the threshold; ties by column."""
    import numpy as np

    scores = scores.round(9)  # the order of summation must not decide a tie
    near = scores >= max(threshold, 1e-9)
    rows, columns, scores = rows[near], columns[near], scores[near]
    order = np.lexsort((columns, -scores, rows))
    rows, columns, scores = rows[order], columns[order], scores[order]
    best = np.arange(len(rows)) - np.searchsorted(rows, rows) < k
    found: list[list[tuple[int, float]]] = [[] for _ in range(count)]
    for row, column, score in zip(rows[best].tolist(), columns[best].tolist(), scores[best].tolist(), strict=True):
        found[row].append((column, score))
    return found
