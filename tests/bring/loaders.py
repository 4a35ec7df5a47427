"""DataLoaders and Datasets: what one pass yields is what is read, and what another pass would
change is said.
"""

from __future__ import annotations

from typing import Any

import torch
from torch.utils.data import (
    BatchSampler,
    ConcatDataset,
    DataLoader,
    DistributedSampler,
    RandomSampler,
    SequentialSampler,
    Subset,
    TensorDataset,
    WeightedRandomSampler,
)

from tests.bring.case import Case
from tests.bring.given import items, read
from tests.bring.loader_kinds import (
    DATA,
    Batch,
    Batches,
    Forever,
    Once,
    Pair,
    Shared,
    Stream,
    X,
    Y,
    apart,
    augmented,
    counts,
    cut,
    drawn,
    endless,
    fails,
    gives,
    keyed,
    loader,
    named,
    noise,
    own_generator,
    padded,
    pairs,
    refused,
)

TITLE = "Datasets and DataLoaders"
ABOUT = (
    "`explore(model, train, test)` and `--data module:callable`. A DataLoader is read in one pass,"
    " with its own sampler, batches, collate function and workers; the log and the run say how many"
    " rows it gave. Random generators are put back as they were."
)

WEIGHTS = [1.0] * 10 + [0.0] * 10

CASES = [
    Case("a `TensorDataset`", "works", gives(lambda: DATA)),
    Case("a `Subset`", "works", gives(lambda: Subset(DATA, range(5, 15)), X[5:15], Y[5:15])),
    Case("a `ConcatDataset`", "works", gives(lambda: ConcatDataset([DATA, DATA]), torch.cat([X, X]), torch.cat([Y, Y]))),
    Case("a Dataset of arrays and Python numbers", "works", gives(lambda: items(lambda row: (row[0].numpy(), int(row[1]))))),
    Case("a Dataset with random augmentation", "works, and says so", lambda _: read(items(noise), (X, Y)), "random augmentation"),
    Case("a DataLoader, last batch smaller", "works, and says so", gives(loader()), "train: 20 rows in 4 batches"),
    Case("`shuffle=True`: read in the data set's order", "works", gives(loader(shuffle=True))),
    Case("`BatchSampler(RandomSampler(data), …)`: the same", "works", gives(lambda: DataLoader(DATA, batch_sampler=BatchSampler(RandomSampler(DATA), 6, False)))),
    Case("`shuffle=True` with a generator, which is put back", "works", own_generator),
    Case("`drop_last=True`", "works, and says so", gives(loader(drop_last=True), X[:18], Y[:18]), "18 rows in 3 batches, from a data set of 20"),
    Case(
        "`shuffle=True, drop_last=True`",
        "works, and says so",
        counts(loader(shuffle=True, drop_last=True), 18),
        "read once, another pass would differ: rows are drawn at random",
    ),
    Case("two `SubsetRandomSampler`s over one Dataset", "works", apart),
    Case("a sampler that is a list of indices", "works", gives(loader(sampler=[3, 1, 2]), X[[3, 1, 2]], Y[[3, 1, 2]])),
    Case("a `BatchSampler` of one's own", "works", gives(lambda: DataLoader(DATA, batch_sampler=[[4, 2], [9]]), X[[4, 2, 9]], Y[[4, 2, 9]])),
    Case(
        "`RandomSampler(replacement=True)`",
        "works, and says so",
        counts(lambda: DataLoader(DATA, 6, sampler=RandomSampler(DATA, replacement=True, num_samples=30)), 30),
        "rows are drawn with replacement",
    ),
    Case(
        "`RandomSampler(num_samples=…)`",
        "works, and says so",
        counts(lambda: DataLoader(DATA, 6, sampler=RandomSampler(DATA, num_samples=8)), 8),
        "rows are drawn at random",
    ),
    Case("the same for train and for test: each draws its own rows", "works, and says so", drawn, "rows are drawn at random"),
    Case(
        "`WeightedRandomSampler`",
        "works, and says so",
        counts(lambda: DataLoader(DATA, 6, sampler=WeightedRandomSampler(WEIGHTS, 20)), 20),
        "rows are drawn with replacement",
    ),
    Case(
        "`DistributedSampler`",
        "works, and says so",
        gives(loader(sampler=DistributedSampler(DATA, 2, 1, shuffle=False)), X[1::2], Y[1::2]),
        "one of 2 shards of the rows",
    ),
    Case("random augmentation in the Dataset", "works, and says so", augmented, "random augmentation"),
    Case(
        "random augmentation in the collate function",
        "works, and says so",
        lambda _: read(DataLoader(items(), 6, collate_fn=lambda rows: noise(padded(rows))), (X, Y)),
        "random augmentation",
    ),
    Case("workers", "works", gives(loader(num_workers=2))),
    Case("persistent workers", "works", gives(loader(num_workers=1, persistent_workers=True))),
    Case("an `IterableDataset` in a DataLoader", "works", gives(loader(Stream()))),
    Case("an `IterableDataset` whose workers share its rows", "works", counts(loader(Shared(), num_workers=2), 20)),
    Case(
        "an `IterableDataset` whose workers repeat its rows",
        "works, and says so",
        counts(loader(Stream(), num_workers=2), 40),
        "each of 2 workers yields the same rows, so every row stands there 2 times",
    ),
    Case("an `IterableDataset` that is used up", "works, and says so", lambda _: read(loader(Once())(), (X, Y)), "the stream is used up"),
    Case("a stream that does not end", "refused", endless, "train has not ended after"),
    Case("a sampler that does not end", "refused", refused(lambda: DataLoader(DATA, batch_sampler=Forever())), "train has not ended after 402 rows"),
    Case("rows by `tuple(zip(*rows))`", "works", gives(loader(batch_size=4, collate_fn=lambda rows: tuple(zip(*rows, strict=True))))),
    Case("`batch_size=None` over an `IterableDataset` of batches", "works, and says so", gives(loader(Batches(), batch_size=None)), "batch_size=None: each item is read as a batch"),
    Case(
        "`batch_size=None` over batches of indices",
        "works, and says so",
        gives(loader(sampler=BatchSampler(SequentialSampler(DATA), 6, False), batch_size=None)),
        "batch_size=None: each item is read as a batch",
    ),
    Case("`batch_size=None` over single rows", "refused", refused(loader(batch_size=None)), "which look like single rows: give the DataLoader a batch_size"),
    Case("dicts of inputs and labels", "works", gives(pairs(keyed()))),
    Case("a dict with more keys", "refused", refused(pairs(keyed(attention_mask=X[0]))), "attention_mask dropped"),
    Case("a dict with two inputs", "refused", refused(pairs(keyed(image=X[0]))), "image dropped"),
    Case("a dict with unknown keys", "refused", refused(pairs(lambda row: {"a": row[0], "b": row[1]})), "name the inputs x or input"),
    Case("named tuples, labels first", "works", gives(loader(collate_fn=named(Pair)))),
    Case("dataclasses", "works", gives(loader(collate_fn=named(Batch)))),
    Case("pairs with the labels first", "refused", refused(pairs(lambda row: (row[1], row[0]))), "give the inputs first"),
    Case("three parts", "refused", refused(pairs(lambda row: (*row, 1.0))), "train yields 3 parts"),
    Case("inputs without labels", "refused", refused(pairs(lambda row: row[0])), "without labels"),
    Case("two inputs in one part", "refused", refused(pairs(lambda row: ((row[0], row[0]), row[1]))), "networks of several inputs or outputs"),
    Case("rows of different lengths", "refused", refused(pairs(cut)), "pad all rows to one length"),
    Case("rows of different lengths in a Dataset", "refused", refused(lambda: items(cut)), "ragged: row 1 has shape (3,), row 0 (2,)"),
    Case("rows padded to the longest of each batch", "refused", refused(loader(items(cut), batch_size=2, collate_fn=padded)), "not each batch to its own"),
    Case("PIL images", "refused", refused(pairs(lambda row: (_picture(), row[1]))), "turn images into tensors first"),
    Case("a Dataset that breaks on a row", "refused", refused(lambda: items(fails)), "Reading train failed at row 8: ValueError: bad bytes"),
    Case("a worker that breaks", "refused", refused(loader(items(fails), num_workers=1)), "ValueError: bad bytes"),
    Case("an empty Dataset", "refused", refused(lambda: TensorDataset(X[:0], Y[:0])), "has no rows"),
    Case("a bare `IterableDataset`", "refused", refused(Stream), "put it into a DataLoader"),
    Case("iterating over a DataLoader beforehand: `iter(loader)`", "refused", refused(lambda: iter(loader()())), "a stream that may yield rows or batches"),
    Case("`drop_last=True` with fewer rows than a batch", "refused", refused(loader(Subset(DATA, [1]), drop_last=True)), "drop_last leaves out every row"),
    Case("a generator", "refused", refused(lambda: (row for row in DATA)), "a stream that may yield rows or batches"),
    Case("a list of pairs", "refused", refused(lambda: list(DATA)), "a list of 20 (tuple), which may be rows or batches"),
]  # fmt: skip


def _picture() -> Any:
    from PIL import Image

    return Image.new("L", (2, 2))
