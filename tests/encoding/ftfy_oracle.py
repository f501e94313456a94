"""Writes ftfy's answers for `tests/encoding/oracle.rs`, one JSON object per line.

    pip install ftfy
    python ftfy_oracle.py test_cases.json > cases.jsonl
    LAVOIR_FTFY_CASES=cases.jsonl cargo test --test encoding oracle -- --nocapture

`test_cases.json` is the one in ftfy's source package.
"""

import json
import sys

import ftfy

with open(sys.argv[1], encoding="utf-8") as file:
    for case in json.load(file):
        text = case["original"]
        print(json.dumps({"text": text, "fixed": ftfy.fix_encoding(text)}))
