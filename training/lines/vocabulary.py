"""Weights of words for the line model, and the columns that inference makes of them.

A logistic regression of keep or drop against the words of a line (src/model/lines/vocabulary.rs).
What a line of the training data is told by its words comes from weights that have not seen its
fold: trees that saw weights made from the line itself would trust them too much.
"""
import numpy as np
import scipy.sparse as sparse
from scipy.optimize import minimize

SLOTS = 1 << 15
HOSTS = 20           # a word that fewer hosts use has no weight
PULL = 3.0           # L2
ROUNDS = 60
UNIT = 32            # of a log-odd, in the table
SHORT, NONE = 60, -100
WIDTH = 8


def design(path, count):
    """Rows by slots: how often a row has a slot."""
    stream = np.fromfile(path, dtype="<u2")
    starts, at = np.zeros(count + 1, np.int64), 0
    marks = np.zeros(count, np.int64)
    for row in range(count):
        marks[row] = at
        starts[row + 1] = starts[row] + stream[at]
        at += 1 + int(stream[at])
    slots = np.delete(stream, marks).astype(np.int32)
    return sparse.csr_matrix((np.ones(len(slots), np.float32), slots, starts), shape=(count, SLOTS))


def weights(words, label, weight, hosts):
    """The table, from the rows given."""
    size = np.asarray(words.sum(1)).ravel()
    scaled = (sparse.diags(1 / np.sqrt(np.maximum(size, 1))) @ words).tocsr()
    shared = words.tocoo()
    pairs = np.unique(shared.col.astype(np.int64) * (hosts.max() + 1) + hosts[shared.row])
    common = np.bincount(pairs // (hosts.max() + 1), minlength=SLOTS) >= HOSTS
    scaled = scaled[:, np.nonzero(common)[0]]
    turned, sign = scaled.T.tocsr(), np.where(label == 1, 1.0, -1.0)

    def loss(point):
        odds = sign * (scaled @ point[:-1] + point[-1])
        slope = -weight * sign / (1 + np.exp(np.clip(odds, -50, 50)))
        value = (weight * np.logaddexp(0, -odds)).sum() + 0.5 * PULL * (point[:-1] ** 2).sum()
        return value, np.append(turned @ slope + PULL * point[:-1], slope.sum())

    found = minimize(loss, np.zeros(scaled.shape[1] + 1), jac=True, method="L-BFGS-B",
                     options={"maxiter": ROUNDS}).x
    table = np.zeros(SLOTS, np.int8)
    table[common] = np.clip(np.round(found[:-1] * UNIT), -127, 127)
    return table


def row_weights(rows, used):
    """Of whole pages alone; the lines of a page share one weight."""
    weight = np.sqrt(np.minimum(rows[:, 5], 100) + 5.0) * (used & (rows[:, 1] == 0))
    total = np.bincount(rows[:, 0], weights=weight)
    return 100 * weight / np.maximum(total, 1.0)[rows[:, 0]]


def says(words, table):
    total = (words @ table.astype(np.float64)).astype(np.int64)
    count = np.maximum(np.diff(words.indptr), 1)
    root = np.sqrt(count * 4096.0).astype(np.int64)
    return np.trunc(total * 64 / root).astype(np.int64)


def columns(rows, chars, says):
    """The columns as `push` in vocabulary.rs makes them, for the rows of all pages."""
    page = rows[:, 0].astype(np.int64) * 8 + rows[:, 1]
    first = np.concatenate([[0], np.nonzero(np.diff(page))[0] + 1, [len(page)]])
    start, end = np.repeat(first[:-1], np.diff(first)), np.repeat(first[1:], np.diff(first))
    at, size = np.arange(len(page)), np.minimum(chars.astype(np.int64), SHORT) + 3
    sizes, sums = (np.concatenate([[0], np.cumsum(v)]) for v in (size, says * size))

    def near(by):
        there = (at + by >= start) & (at + by < end)
        return np.where(there, says[np.clip(at + by, 0, len(says) - 1)], NONE)

    def mean(start, end):
        over, whole = sizes[end] - sizes[start], sums[end] - sums[start]
        return np.where(over > 0, np.trunc(whole / np.maximum(over, 1)), NONE)

    out = [says, near(-1), near(1)]
    for reach in (8, 25):
        out.append(mean(np.maximum(at - reach, start), at))
        out.append(mean(np.minimum(at + 1, end), np.minimum(at + 1 + reach, end)))
    short = np.where(chars <= SHORT, at, -1)
    last = np.concatenate([[-1], np.maximum.accumulate(short)[:-1]])
    out.append(np.where(last >= start, says[last], 0))
    return np.stack(out, 1).astype("<i2")


def tables(words, rows, label, used, fold, hosts, folds):
    """By fold that is tested, and then by fold that a row lies in, a table that saw neither."""
    weight = row_weights(rows, used)
    found = {}
    for one in range(folds):
        for other in range(one, folds):
            seen = (weight > 0) & (fold != one) & (fold != other)
            table = weights(words[seen], label[seen], weight[seen], hosts[seen])
            found[one, other] = found[other, one] = table
        print("words", one, flush=True)
    seen = weight > 0
    found["all"] = weights(words[seen], label[seen], weight[seen], hosts[seen])
    return found


def fill(values, words, rows, fold, table_of):
    """Puts the columns in their place, the rows of each fold by the table that is theirs."""
    spoken = np.zeros(len(rows), np.int64)
    for k in np.unique(fold):
        spoken[fold == k] = says(words[fold == k], table_of(k))
    values[:, -WIDTH:] = columns(rows, values[:, 0], spoken)
