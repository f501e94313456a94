"""Trains the line model for plain text and writes models/lines.bin.

    python train.py LINES.jsonl WORK DUMP models/lines.bin CHANCES.jsonl

LINES.jsonl labelled lines (keep, drop, amb; amb is not trained on): the development set, and below it
            pages that `render_lines` has labelled (`src` is "pages")
WORK        a folder for intermediate files
DUMP        the compiled example `dump_lines`, which writes the features as inference sees them
CHANCES     what the model for pages says of their blocks (`teach_lines`): half of what a line is told

Needs catboost 1.2.10, numpy and scipy. Seed, folds (by host) and order are fixed: same data, same bytes.
WORK/lines.scores holds the out-of-fold scores of both ensembles, log-odds in thousandths, in the
order of the rows; WORK/fold.N.bin the weights that made them.
"""
import hashlib, json, math, re, struct, subprocess, sys

import numpy as np
from catboost import CatBoostClassifier

import vocabulary

SEED, FOLDS, DEPTH = 20240607, 5, 6
TREES, RATE = (2000, 120), (0.1, 0.1)  # of the ensemble for whole pages, of that for articles
LONG = 20            # words of a line that counts as a paragraph
LONG_WEIGHT = 4.0    # a lost paragraph is worse than a line that is left
PAGE_POWER = 0.8     # 1: every page weighs the same, 0: every line
# Weights of the views, of the ensemble for whole pages and of that for articles cut out of them.
VIEW_WEIGHT = np.array([[0.5, 0.35, 0.1, 0.05, 0.1], [0.0, 0.7, 0.1, 0.05, 0.3]])
OTHER_WEIGHT = np.array([1.0, 0.5])  # of pages that are no article, in both
PAGES_WEIGHT = 0.5   # of lines that the model for pages has labelled
SEGMENT_WEIGHT = 1.5 # of lines there that a wanted or unwanted segment has labelled
TAUGHT = 0.5, 0.0    # how much of a label is the chance that the model for pages gives the line
TOKEN = re.compile(r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af]|\w+")
# The odds of the model say too much, since a lost paragraph weighs more: by this factor (thousandths).
EXCESS = 2014
# Limits of the threshold (least, most, most of a paragraph, in thousandths; the share of a page, in
# ten-thousandths, at which that of a paragraph is half), by profile (auto, article, mixed) and leaning
# (safe, balanced, tight); read off the out-of-fold curves, see models/lines.md.
POINTS = [
    (50, 1000, 1000, 300), (50, 1000, 1000, 140), (50, 1000, 1000, 40),
    (860, 860, 720, 0), (920, 920, 770, 0), (985, 985, 890, 0),
    (50, 1000, 1000, 300), (50, 1000, 1000, 150), (50, 1000, 1000, 50),
]


def load(prefix):
    rows = np.fromfile(prefix + ".rows", dtype="<i4").reshape(-1, 6)
    return rows, np.fromfile(prefix + ".x", dtype="<i2").reshape(len(rows), -1)


def labels(pages, rows):
    value = {"keep": 1, "drop": 0, "amb": -1}
    label = [[value[line[1]] for line in page["lines"]] for page in pages]
    words = [[len(TOKEN.findall(line[0])) for line in page["lines"]] for page in pages]
    out, count = np.full(len(rows), -1, np.int8), np.zeros(len(rows), np.int32)
    for at, (page, view, line, lines, _, _) in enumerate(rows.tolist()):
        if view < 2:
            both = set(label[page][line:line + lines])
            out[at] = both.pop() if len(both) == 1 else -1
            count[at] = sum(words[page][line:line + lines])
        else:
            out[at], count[at] = label[page][line], words[page][line]
    return out, count


def taught(pages, rows, label, path):
    """The labels that each ensemble learns: with the chances of blocks of the same text mixed in;
    copies in their order."""
    plain = lambda text: re.sub(r"\W+", "", text.lower())
    blocks = {}
    with open(path, encoding="utf-8") as file:
        for page in map(json.loads, file):
            known = blocks[page["id"]] = {}
            for text, chance in zip(page["blocks"], page["chances"], strict=True):
                known.setdefault(plain(text), []).append(chance / 1000)
    chances = []
    for page in pages:
        known, seen, found = blocks.get(page["id"], {}), {}, []
        for line in page["lines"]:
            key = plain(line[0])
            copies = known.get(key, [math.nan])
            found.append(copies[min(seen.get(key, 0), len(copies) - 1)])
            seen[key] = seen.get(key, 0) + 1
        chances.append(np.array(found))
    hard = (label == 1).astype(float)
    soft = hard.copy()
    for at, (page, view, line, lines, _, _) in enumerate(rows.tolist()):
        here = chances[page][line:line + (lines if view < 2 else 1)]
        here = here[~np.isnan(here)]
        if len(here):
            soft[at] = here.mean()
    return [(1 - part) * hard + part * soft for part in TAUGHT]


def folds(pages):
    digest = lambda host: int(hashlib.sha256(host.encode()).hexdigest()[:8], 16)
    return np.array([digest(page["host"]) % FOLDS for page in pages], np.int8)


def weights(pages, rows, label, words, used, cut_out):
    weight = np.sqrt(np.minimum(rows[:, 5], 400) + 10.0)
    weight = weight * np.where((label == 1) & (words >= LONG), LONG_WEIGHT, 1.0)
    page = rows[:, 0] * 8 + rows[:, 1]
    total = np.bincount(page, weights=weight * used)
    weight = weight / np.maximum(total, 1.0)[page] ** PAGE_POWER
    other = np.array([page["type"] != "article" for page in pages])[rows[:, 0]]
    weight = weight * VIEW_WEIGHT[cut_out][rows[:, 1]] * np.where(other, OTHER_WEIGHT[cut_out], 1.0)
    source = {"page-model": PAGES_WEIGHT, "segment": SEGMENT_WEIGHT}
    why = [[source.get(line[2], 1.0) for line in page["lines"]] for page in pages]
    return weight * np.array([why[page][line] for page, line in rows[:, [0, 2]].tolist()])


def fit(values, wanted, weight, cut_out):
    model = CatBoostClassifier(
        iterations=TREES[cut_out], depth=DEPTH, learning_rate=RATE[cut_out], l2_leaf_reg=30, rsm=0.3,
        bootstrap_type="Bernoulli", subsample=0.5, border_count=32, boosting_type="Plain",
        loss_function="CrossEntropy", random_seed=SEED, thread_count=2, verbose=False,
        allow_writing_files=False)
    return model.fit(values, wanted, sample_weight=weight)


def raw(model, values):
    return model.predict(values, prediction_type="RawFormulaVal")


def train(values, wanted, weight, train):
    """Both ensembles: for whole pages, for articles."""
    used = [train & (w > 0) for w in weight]
    return [fit(values[u], wanted[k][u], weight[k][u], k) for k, u in enumerate(used)]


def out_of_fold(values, wanted, weight, used, fold, words, rows, tables, work):
    """Scores of weights that saw no page of the host; these weights as WORK/fold.N.bin."""
    scores = np.zeros((2, len(values)))
    for k in range(FOLDS):
        vocabulary.fill(values, words, rows, fold, lambda other: tables[k, other])
        models = train(values, wanted, weight, used & (fold != k))
        test = fold == k
        for cut_out in (0, 1):
            scores[cut_out][test] = raw(models[cut_out], values[test])
        write(models, tables[k, k], values.shape[1], work, f"{work}/fold.{k}.bin")
        print("fold", k, flush=True)
    return np.clip(np.round(scores * 1000), -32000, 32000).astype("<i2")


def export(model, width, path):
    model.save_model(path, format="json")
    with open(path) as file:
        found = json.load(file)
    scale, bias = found["scale_and_bias"]
    bias = bias[0] if isinstance(bias, list) else bias
    out = struct.pack("<HHi", width, len(found["oblivious_trees"]), round(bias * 1000))
    for tree in found["oblivious_trees"]:
        splits = [(s["float_feature_index"], math.floor(s["border"])) for s in tree["splits"]]
        leaves = [max(-32000, min(32000, round(v * scale * 1000))) for v in tree["leaf_values"]]
        while len(splits) < DEPTH:  # a question that nothing answers with yes
            splits.append((0, 32767))
            leaves += [0] * len(leaves)
        out += b"".join(struct.pack("<Hh", *split) for split in splits)
        out += struct.pack(f"<{1 << DEPTH}h", *leaves)
    return out


def write(models, table, width, work, target):
    odds = [round(1000 * math.log(p / (1000 - p))) for p in range(1, 1000)]
    with open(target, "wb") as file:
        file.write(b"lavoirL4")
        for point in POINTS:
            file.write(struct.pack("<4h", *point))
        file.write(struct.pack("<h", EXCESS) + struct.pack("<999h", *odds))
        file.write(table.tobytes())
        for model in models:
            file.write(export(model, width, f"{work}/lines.json"))


def main(lines, work, dump, target, chances):
    with open(lines, encoding="utf-8") as file:
        pages = [json.loads(line) for line in file]
    pages = [page for page in pages if page["usable"]]
    with open(f"{work}/usable.jsonl", "w", encoding="utf-8") as file:
        file.writelines(json.dumps(page) + "\n" for page in pages)
    subprocess.run([dump, f"{work}/usable.jsonl", f"{work}/lines"], check=True)
    rows, values = load(f"{work}/lines")
    label, words = labels(pages, rows)
    fold = folds(pages)[rows[:, 0]]
    wanted = taught(pages, rows, label, chances)
    used = (label >= 0) & (rows[:, 4] == 0)
    weight = [weights(pages, rows, label, words, used, cut_out) for cut_out in (0, 1)]
    hosts = np.unique([page["host"] for page in pages], return_inverse=True)[1][rows[:, 0]]
    slots = vocabulary.design(f"{work}/lines.words", len(rows))
    tables = vocabulary.tables(slots, rows, label, used, fold, hosts, FOLDS)
    scores = out_of_fold(values, wanted, weight, used, fold, slots, rows, tables, work)
    scores.tofile(f"{work}/lines.scores")
    # What the trees learn from is once more made without a row's own fold.
    vocabulary.fill(values, slots, rows, fold, lambda other: tables[other, other])
    models = train(values, wanted, weight, used)
    write(models, tables["all"], values.shape[1], work, target)
    np.savez(f"{work}/labels.npz", label=label, words=words)


if __name__ == "__main__":
    main(*sys.argv[1:])
