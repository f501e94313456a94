#!/usr/bin/env python3
"""Trains models/blocks.bin: python train.py [--seeds=7,8,9] WORK PAGES.jsonl.zst...
Averages trainings: python train.py --mean WORK RUN...

WORK holds the intermediate files. Needs numpy, catboost, rapidfuzz, the zstd command and the
built example `dump_block_features`. Seeds and thread count are fixed, so that the same pages give the same bytes.
Folds are disjoint by host. WORK/fold-N.bin saw no page of fold N; WORK/folds.json says which
weights may judge which page. Each ensemble is the mean of several that differ by their seed alone.
--mean writes the same files from those of finished trainings (WORK of each), whose features must
have the same names in the same order: all their trees, each with its part of the leaves' values.
"""
import hashlib
import json
import math
import re
import struct
import subprocess
import sys
from collections import defaultdict
from pathlib import Path
from urllib.parse import urlsplit

import catboost
import numpy as np
from rapidfuzz.distance import LCSseq

DUMP = Path(__file__).parents[2] / "target/release/examples/dump_block_features"
FOLDS = 3
# Halves of a fold: scores that the second level learns from come from weights that saw all of
# the training pages but one half of a fold.
HALVES = 2
# What is held back: nothing for the weights that are used, a fold for those that are measured.
HELD = [None, 0, 1, 2]
INNER_SEEDS = [7]
TREES = 110
WORD = re.compile(r"\w+")
MAGIC = b"lavoir-blocks-1\n"


def host(url):
    return (urlsplit(url or "").hostname or "").lower().removeprefix("www.")


def part_of(page):
    """The half fold of a page; its fold is that modulo FOLDS."""
    name = host(page["url"]) or page["id"]
    return int(hashlib.md5(name.encode()).hexdigest(), 16) % (FOLDS * HALVES)


def read_pages(paths):
    for path in paths:
        raw = subprocess.run(["zstd", "-dcq", "--long=27", path], check=True, capture_output=True)
        for line in raw.stdout.split(b"\n"):
            if line.strip():
                yield json.loads(line)


def dump(work, name, weights):
    """Features, names and texts with the first-level scores of `weights` (id -> file)."""
    (work / f"{name}.weights.json").write_text(json.dumps(weights))
    with open(work / "pages.jsonl", "rb") as pages:
        subprocess.run([DUMP, work / f"{name}.weights.json", work / f"{name}.i16",
                        work / f"{name}.jsonl"], stdin=pages, check=True)
    rows = [json.loads(line) for line in open(work / f"{name}.jsonl", encoding="utf-8")]
    names = rows[0]["names"]
    table = np.fromfile(work / f"{name}.i16", dtype="<i2").reshape(-1, len(names))
    assert len(table) == sum(len(row["blocks"]) for row in rows)
    return rows, names, table


# ---- labels ---------------------------------------------------------------
def shares(blocks, gold):
    """Per block the share of its words that the gold text holds, in order, each only once."""
    words = [[w.lower() for w in WORD.findall(b)] for b in blocks]
    gold = [w.lower() for w in WORD.findall(gold)]
    page = [w for b in words for w in b]
    numbers = {}
    code = lambda ws: [numbers.setdefault(w, len(numbers)) for w in ws]
    page, gold = code(page), code(gold)
    hit = np.zeros(len(page), bool)
    used = np.zeros(len(gold), bool)
    edges = np.cumsum([0] + [len(b) for b in words])
    border = set(edges.tolist())
    for op in LCSseq.opcodes(page, gold):
        if op.tag != "equal":
            continue
        at, n = op.src_start, op.src_end - op.src_start
        # A word or two alone match by accident, unless they are a whole block.
        whole = at in border and at + n in border
        if n >= 3 or whole:
            hit[at:at + n] = True
            used[op.dest_start:op.dest_end] = True
    # What stands in another order: runs of four words of what is left of the gold.
    left = defaultdict(list)
    for g in range(len(gold) - 3):
        if not used[g:g + 4].any():
            left[tuple(gold[g:g + 4])].append(g)
    i = 0
    while left and i < len(page) - 3:
        places = left.get(tuple(page[i:i + 4]))
        g = next((g for g in places if not used[g:g + 4].any()), None) if places else None
        if g is None or hit[i:i + 4].any():
            i += 1
            continue
        while i < len(page) and g < len(gold) and page[i] == gold[g] and not used[g] and not hit[i]:
            hit[i] = used[g] = True
            i, g = i + 1, g + 1
    sums = np.concatenate([[0], np.cumsum(hit)])
    sizes = np.diff(edges)
    return (sums[edges[1:]] - sums[edges[:-1]]) / np.maximum(sizes, 1), sizes, len(gold)


def squash(text):
    return re.sub(r"\s+", " ", text).strip()


def labels(page, row):
    """(label, weight) per block."""
    gold, blocks = page["gold"], row["blocks"]
    n = len(blocks)
    if "text" in gold:
        label, sizes, size = shares(blocks, gold["text"])
        total = max(size, 60)
        # A block matters as much as it moves the score of its page.
        weight = 300.0 * (sizes / total + 0.25 / max(n, 30))
        weight = np.minimum(weight, 60.0)
        weight[sizes == 0] = 0
        return label, weight
    label, weight = np.zeros(n), np.zeros(n)
    texts = [squash(b) for b in blocks]
    for kind, value in (("with", 1.0), ("without", 0.0)):
        for segment in gold[kind]:
            segment = squash(segment)
            for i, text in enumerate(texts):
                if segment and segment in text:
                    label[i], weight[i] = value, 36.0
    return label, weight


# ---- learning and writing -------------------------------------------------
def learn(table, label, weight, seeds):
    # Of the blocks that move no score and hold no content every fourth stands for four.
    small = (weight < 0.5) & (label == 0)
    every = np.arange(len(label)) % 4 == 0
    weight = np.where(small, np.where(every, weight * 4, 0), weight)
    use = weight > 0
    pool = catboost.Pool(table[use].astype(np.float32), label[use], weight=weight[use])
    pool.quantize(border_count=40)
    models = []
    for seed in seeds:
        model = catboost.CatBoostClassifier(
            loss_function="CrossEntropy", iterations=TREES, depth=6, learning_rate=0.16,
            l2_leaf_reg=6, random_seed=seed, thread_count=2, verbose=False,
            bootstrap_type="Bernoulli", subsample=0.7, rsm=0.3, random_strength=0.5,
            boosting_type="Plain", allow_writing_files=False, leaf_estimation_iterations=2)
        models.append(model.fit(pool))
    return models


def pack(models, width, work):
    """The mean of the models as one ensemble."""
    trees, total = b"", 0.0
    for model in models:
        path = work / "model.json"
        model.save_model(str(path), format="json")
        data = json.loads(path.read_text())
        scale, bias = data["scale_and_bias"]
        total += bias[0] if isinstance(bias, list) else bias
        index = {f["feature_index"]: f["flat_feature_index"]
                 for f in data["features_info"]["float_features"]}
        for tree in data["oblivious_trees"]:
            splits = tree["splits"] or []
            for split in splits:
                border = max(-32768, min(32767, math.floor(split["border"])))
                trees += struct.pack("<Hh", index[split["float_feature_index"]], border)
            trees += struct.pack("<Hh", 0, 32767) * (6 - len(splits))
            leaves = [round(v * scale * 1000 / len(models)) for v in tree["leaf_values"]]
            leaves += [0] * (64 - len(leaves))
            trees += struct.pack("<64h", *(max(-32768, min(32767, v)) for v in leaves))
    count = len(trees) // (6 * 4 + 64 * 2)
    return struct.pack("<HHi", width, count, round(total / len(models) * 1000)) + trees


def importance(models, names):
    mean = sum(model.get_feature_importance() for model in models) / len(models)
    return " ".join(f"{n}:{v:.1f}" for v, n in sorted(zip(mean, names), reverse=True)[:25])


def write(path, ensembles):
    curve = b"".join(struct.pack("<H", round(1000 / (1 + math.exp(-(i - 128) * 62 / 1000))))
                     for i in range(257))
    path.write_bytes(MAGIC + curve + struct.pack("<H", len(ensembles)) + b"".join(ensembles))


# ---- averaging trainings --------------------------------------------------
TREE = struct.Struct("<" + "Hh" * 6 + "64h")
HEAD = len(MAGIC) + 257 * 2 + 2


def read_ensembles(path):
    """(width, bias, trees) of each ensemble of a file of weights."""
    data = path.read_bytes()
    assert data.startswith(MAGIC), path
    at, found = HEAD, []
    for _ in range(struct.unpack_from("<H", data, HEAD - 2)[0]):
        width, count, bias = struct.unpack_from("<HHi", data, at)
        at += 8
        found.append((width, bias, list(TREE.iter_unpack(data[at:at + count * TREE.size]))))
        at += count * TREE.size
    assert at == len(data), path
    return found


def mean(ensembles):
    """Several ensembles over the same features as one."""
    assert len({width for width, _, _ in ensembles}) == 1
    n = len(ensembles)
    trees = [tree[:12] + tuple(round(leaf / n) for leaf in tree[12:])
             for _, _, trees in ensembles for tree in trees]
    bias = round(sum(bias for _, bias, _ in ensembles) / n)
    return (struct.pack("<HHi", ensembles[0][0], len(trees), bias)
            + b"".join(TREE.pack(*tree) for tree in trees))


def average(work, runs):
    work.mkdir(parents=True, exist_ok=True)
    first = [json.loads(next(open(run / "first.jsonl", encoding="utf-8"))) for run in runs]
    assert all(row["names"] == first[0]["names"] for row in first), "other features"
    folds = [{id: Path(path).name for id, path in json.loads((run / "folds.json").read_text()).items()}
             for run in runs]
    assert all(each == folds[0] for each in folds), "other folds"
    for name in sorted(set(folds[0].values())) + ["all.bin"]:
        levels = zip(*(read_ensembles(run / name) for run in runs), strict=True)
        write(work / name, [mean(level) for level in levels])
    (work / "folds.json").write_text(
        json.dumps({id: str(work / name) for id, name in folds[0].items()}))


def main():
    if sys.argv[1] == "--mean":
        work, *runs = map(Path, sys.argv[2:])
        return average(work, runs)
    options = dict(a.partition("=")[::2] for a in sys.argv[1:] if a.startswith("--"))
    work, *paths = [Path(a) for a in sys.argv[1:] if not a.startswith("--")]
    seeds = [int(seed) for seed in options.get("--seeds", "7,8,9").split(",")]
    work.mkdir(parents=True, exist_ok=True)
    pages = {}
    with open(work / "pages.jsonl", "w", encoding="utf-8", errors="surrogatepass") as out:
        for page in read_pages(paths):
            out.write(json.dumps({"id": page["id"], "html": page["html"]}) + "\n")
            del page["html"]
            pages[page["id"]] = page
    halves = {id: part_of(page) for id, page in pages.items()}
    folds = {id: half % FOLDS for id, half in halves.items()}
    empty = struct.pack("<HHi", 1000, 0, 0)
    write(work / "none.bin", [empty])
    rows, names, table = dump(work, "first", {"": str(work / "none.bin")})
    parts = [labels(pages[row["id"]], row) for row in rows]
    label = np.concatenate([p[0] for p in parts])
    weight = np.concatenate([p[1] for p in parts])
    weight *= np.concatenate([np.array(row["open"], float) for row in rows])
    half = np.concatenate([np.full(len(row["blocks"]), halves[row["id"]]) for row in rows])
    fold = half % FOLDS
    np.savez(work / "labels.npz", label=label, weight=weight, fold=fold, half=half)
    print(len(rows), "pages", table.shape, "mean label", np.average(label, weights=weight), flush=True)

    def first_level(mask, seeds):
        models = learn(table[mask], label[mask], weight[mask], seeds)
        return models, pack(models, len(names), work)

    first, inner = {}, {}
    for held in HELD:
        models, first[held] = first_level(fold != held if held is not None else fold >= 0, seeds)
        write(work / f"one-{'all' if held is None else held}.bin", [first[held]])
        print("first", held, importance(models, names) if held is None else "", flush=True)
    (work / "one-folds.json").write_text(
        json.dumps({id: str(work / f"one-{f}.bin") for id, f in folds.items()}))
    if "--one" in options:
        return
    for held in HELD:
        # Scores of a page come from weights that saw neither it nor the pages of its host: those
        # of the folds, or inside the folds those that saw all halves but the page's own.
        judges = {}
        for part in sorted({part for part in halves.values() if part % FOLDS != held}):
            packed = first[part % FOLDS]
            if held is not None:
                _, packed = first_level((fold != held) & (half != part), INNER_SEEDS)
            judges[part] = work / f"inner-{part}.bin"
            write(judges[part], [packed, empty])
        weights = {id: str(judges[part]) for id, part in halves.items() if part in judges}
        _, names2, table2 = dump(work, "second", weights)
        mask = fold != held if held is not None else fold >= 0
        models = learn(table2, label[mask], weight[mask], seeds)
        target = work / (f"fold-{held}.bin" if held is not None else "all.bin")
        write(target, [first[held], pack(models, len(names2), work)])
        print("second", held, importance(models, names2) if held is None else "", flush=True)
    (work / "folds.json").write_text(json.dumps({id: str(work / f"fold-{f}.bin") for id, f in folds.items()}))


if __name__ == "__main__":
    main()
