"""Accuracy of other detectors on the samples that this folder's program writes.

    pip install chardet faust-cchardet charset-normalizer
    python peers.py SAMPLES.jsonl [NAME ...]

A sample counts as right when the answer decodes it to the same text (Python's codecs).
"""

import codecs
import collections
import json
import logging
import sys
import time
from importlib.metadata import version

PYTHON = {
    "windows-874": "cp874", "x-mac-cyrillic": "mac_cyrillic", "macintosh": "mac_roman",
    "IBM866": "cp866", "Shift_JIS": "cp932", "EUC-KR": "cp949", "Big5": "cp950",
    "MacRoman": "mac_roman", "MacCyrillic": "mac_cyrillic", "WINDOWS-1252": "cp1252",
    "UHC": "cp949", "ISO-8859-8-I": "iso8859_8",
}


def text(data, name):
    try:
        return codecs.decode(data, PYTHON.get(name, name), "replace")
    except (LookupError, TypeError, ValueError):
        return None


def peers():
    import cchardet
    import chardet
    import charset_normalizer

    logging.disable(logging.CRITICAL)

    def normalizer(data):
        best = charset_normalizer.from_bytes(data).best()
        return best and best.encoding

    return {
        "chardet": lambda data: chardet.detect(data)["encoding"],
        "faust-cchardet": lambda data: cchardet.detect(data)["encoding"],
        "charset-normalizer": normalizer,
    }


def keys(sample):
    if sample["kind"] != "plain":
        return ["2 " + sample["kind"]]
    family = "utf16" if sample["encoding"].startswith("UTF-16") else "legacy"
    markup = "markup" if sample["markup"] else "text"
    rows = [f"1 {family} {markup} {sample['size']:>5} B"]
    if family == "legacy":
        rows += [f"1 legacy both {sample['size']:>5} B", "3 " + sample["encoding"]]
    return rows


def main():
    chosen = {n: f for n, f in peers().items() if not sys.argv[2:] or n in sys.argv[2:]}
    rows = collections.defaultdict(lambda: collections.Counter())
    spent = collections.Counter()
    with open(sys.argv[1], encoding="ascii") as lines:
        for line in lines:
            sample = json.loads(line)
            data = bytes.fromhex(sample["hex"])
            truth = text(data, sample["encoding"])
            for name, detect in chosen.items():
                start = time.perf_counter()
                said = detect(data)
                spent[name] += time.perf_counter() - start
                right = said is not None and text(data, said) == truth
                for key in keys(sample):
                    rows[key][name] += right
            for key in keys(sample):
                rows[key]["n"] += 1
    print(f"{'row':<34}{'n':>7}" + "".join(f"{n + ' ' + version(n):>28}" for n in chosen))
    for key in sorted(rows):
        row = rows[key]
        print(f"{key:<34}{row['n']:>7}" + "".join(f"{100 * row[n] / row['n']:>28.2f}" for n in chosen))
    print("seconds", dict(spent))


main()
