"""What lavoir, jusText and datatrove's C4 filter need for the same texts, in one run.

    python benches/text_peers.py TEXTS.jsonl target/release/examples/text_speed [ROUNDS]

Rows are those of `text_speed`, as are the lines that are printed of it. Needs justext,
lxml_html_clean and datatrove. jusText gets the lines as paragraphs, so that it parses no HTML, and
the English stop words; the C4 filter counts no sentences (that takes a model to be downloaded).
Rounds alternate; processor time; medians.
"""

import json
import re
import statistics
import subprocess
import sys
import time

import justext
from datatrove.data import Document
from datatrove.pipeline.filters import C4QualityFilter
from justext.core import classify_paragraphs, revise_paragraph_classification
from justext.paragraph import Paragraph


class Path:
    """The place of a paragraph in a page, of which lines have none."""

    dom = "body.p"
    xpath = "/html/body/p"


def justext_lines(texts, stop_words):
    for text in texts:
        paragraphs = []
        for line in text.split("\n"):
            paragraph = Paragraph(Path)
            paragraph.append_text(line)
            paragraphs.append(paragraph)
        classify_paragraphs(paragraphs, stop_words)
        revise_paragraph_classification(paragraphs)


def c4(texts):
    quality = C4QualityFilter(min_num_sentences=-1)
    for number, text in enumerate(texts):
        quality.filter(Document(text=text, id=str(number)))


def spent(work, *arguments):
    start = time.process_time()
    work(*arguments)
    return time.process_time() - start


def lavoir(path, binary):
    out = subprocess.run([binary, path, "1"], capture_output=True, text=True, check=True).stdout
    return float(re.search(r"text to decisions +([\d.]+) ms", out)[1]) / 1000


def main():
    path, binary = sys.argv[1:3]
    rounds = int(sys.argv[3]) if len(sys.argv) > 3 else 3
    with open(path, encoding="utf-8") as rows:
        texts = ["\n".join(line[0] for line in json.loads(row)["lines"]) for row in rows]
    size = sum(len(text.encode()) for text in texts)
    stop_words = frozenset(justext.get_stoplist("English"))
    times = {"lavoir": [], "jusText": [], "C4 filter": []}
    for _ in range(rounds):
        times["lavoir"].append(lavoir(path, binary))
        times["jusText"].append(spent(justext_lines, texts, stop_words))
        times["C4 filter"].append(spent(c4, texts))
    own = statistics.median(times["lavoir"])
    for name, each in times.items():
        median = statistics.median(each)
        print(f"{name:10} {size / 1e6 / median:8.2f} MB/s, lavoir is {median / own:.1f} times as fast")


if __name__ == "__main__":
    main()
