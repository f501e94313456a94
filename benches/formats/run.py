"""Reading, decompressing and writing alone, against zstd, gzip and zcat on the same data.

`python3 benches/formats/run.py COPY DATA.jsonl WORK [ROUNDS]`: COPY is the built example
`formats_copy`, WORK a scratch folder. CPU seconds (user and system, all processes of a command) of
runs one after the other in turns; the ratio is that of the medians.
"""

import os
import resource
import shutil
import statistics
import subprocess
import sys
from pathlib import Path


def cpu(command: str) -> float:
    """CPU seconds of a shell command with all its children."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(["bash", "-c", f"set -o pipefail; {command}"], check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    copy, data, work = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
    rounds = int(sys.argv[4]) if len(sys.argv) > 4 else 5
    work.mkdir(parents=True, exist_ok=True)
    plain, gz, zst = work / "data.jsonl", work / "data.jsonl.gz", work / "data.jsonl.zst"
    if not plain.exists():
        shutil.copy(data, plain)
        subprocess.run(f"gzip -kf {plain}; zstd -qkf {plain}", shell=True, check=True)
    out = work / "out"
    ours = f"rm -rf {out}; {copy} {{}} {out} {{}}"
    pairs = [
        ("zst to zst", ours.format(zst, "jsonl.zst"), f"zstdcat {zst} | zstd -q -T1 -f -o {work}/peer.zst"),
        ("gz to zst", ours.format(gz, "jsonl.zst"), f"zcat {gz} | zstd -q -T1 -f -o {work}/peer.zst"),
        ("gz to gz", ours.format(gz, "jsonl.gz"), f"zcat {gz} | gzip > {work}/peer.gz"),
        ("gz to jsonl", ours.format(gz, "jsonl"), f"zcat {gz} > {work}/peer.jsonl"),
        ("jsonl to jsonl", ours.format(plain, "jsonl"), f"cat {plain} > {work}/peer.jsonl"),
    ]
    print(f"{plain.stat().st_size} bytes, load {os.getloadavg()[0]:.1f}")
    for name, mine, peer in pairs:
        times = [(cpu(mine), cpu(peer)) for _ in range(rounds)]
        a, b = (statistics.median(column) for column in zip(*times, strict=True))
        print(f"{name}: ours {a:.2f} s, peer {b:.2f} s, ratio {a / b:.2f}")


if __name__ == "__main__":
    main()
