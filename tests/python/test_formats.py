"""Other people's readers open what the command writes, and it reads what their writers write."""

import gzip
import hashlib
import http.server
import io
import json
import shutil
import subprocess
import threading
import warnings

import duckdb
import polars
import pyarrow as pa
import pyarrow.feather
import pyarrow.parquet
import pytest
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

PROSE = (
    "Fermé depuis la crue de l'hiver dernier, le vieux pont de Varoise rouvrira au printemps, a "
    "annoncé mardi la mairie. Les travaux ont coûté près de 4 millions d'euros, soit 20 € par "
    "habitant, et le chantier {n} avait pris du retard à cause du gel, puis d'une grève."
)


def page(n: int) -> str:
    return f"<html><head><title>Pont {n}</title></head><body><p>{PROSE.format(n=n)}</p></body></html>"


def clean(lavoir, source, out, *options):
    """The articles of a run that must end without an error row."""
    command = [lavoir, "clean", "--isolated", "-q", "--no-dedup", source, "-o", out, *options]
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    verify = subprocess.run([lavoir, "verify", str(out)], capture_output=True, text=True)
    assert verify.returncode == 0, verify.stdout + verify.stderr
    return out


def articles(out):
    return [json.loads(line) for line in (out / "articles.jsonl").read_text().splitlines()]


@pytest.fixture(scope="module")
def expected(lavoir, corpus, tmp_path_factory):
    """The corpus as JSON lines."""
    return articles(clean(lavoir, corpus, tmp_path_factory.mktemp("expected") / "out"))


@pytest.fixture(scope="module")
def parquet(lavoir, corpus, tmp_path_factory):
    return clean(lavoir, corpus, tmp_path_factory.mktemp("parquet") / "out", "--to", "parquet")


def same(rows, expected):
    """Rows of a table are the articles: absent values are nulls there."""
    assert [row["id"] for row in rows] == [row["id"] for row in expected]
    for row, article in zip(rows, expected, strict=True):
        assert row["text"] == article["text"]
        assert row["source"] == article["source"]
        present = {key: value for key, value in row["metadata"].items() if value is not None}
        captions = [
            {key: value for key, value in caption.items() if value is not None}
            for caption in present.get("captions", [])
        ]
        if captions:
            present["captions"] = captions
        assert present == article["metadata"]


def test_pyarrow_opens_our_parquet(parquet, expected):
    table = pyarrow.parquet.read_table(parquet / "articles.parquet")
    same(table.to_pylist(), expected)
    provenance = pyarrow.parquet.read_table(parquet / "provenance.parquet").to_pylist()
    assert [row["id"] for row in provenance if row["id"] in {a["id"] for a in expected}]
    for row in provenance:
        record = json.loads(row["provenance"])
        assert (record["id"], record["source"]["sha256"]) == (row["id"], row["sha256"])


def test_polars_opens_our_parquet(parquet, expected):
    frame = polars.read_parquet(parquet / "articles.parquet")
    same(frame.to_dicts(), expected)
    assert frame["metadata"].struct.field("authors").dtype == polars.List(polars.String)


def test_duckdb_opens_our_parquet(parquet, expected):
    path = str(parquet / "articles.parquet")
    rows = duckdb.execute("select id, text, metadata.title from read_parquet(?)", [path]).fetchall()
    assert rows == [(a["id"], a["text"], a["metadata"].get("title")) for a in expected]


def test_pyarrow_opens_our_arrow_file(lavoir, corpus, tmp_path, expected):
    out = clean(lavoir, corpus, tmp_path / "out", "--to", "arrow")
    with pa.memory_map(str(out / "articles.arrow")) as source:
        same(pa.ipc.open_file(source).read_all().to_pylist(), expected)


@pytest.mark.parametrize("target", ["jsonl.gz", "jsonl.zst", "txt", "md"])
def test_packed_rows_and_folders(lavoir, corpus, tmp_path, expected, target):
    out = clean(lavoir, corpus, tmp_path / "out", "--to", target)
    manifest = json.loads((out / "manifest.json").read_text())
    for output in manifest["outputs"]:
        data = (out / output["path"]).read_bytes()
        assert (len(data), hashlib.sha256(data).hexdigest()) == (output["bytes"], output["sha256"])
    if target == "jsonl.gz":
        rows = [json.loads(line) for line in gzip.open(out / "articles.jsonl.gz", "rt")]
        assert rows == expected
    elif target == "txt":
        index = [json.loads(line) for line in open(out / "articles.index.jsonl")]
        assert [row["id"] for row in index] == [row["id"] for row in expected]
        for row, article in zip(index, expected, strict=True):
            assert (out / "articles" / row["file"]).read_text() == article["text"]


def test_tables_of_pyarrow_are_read(lavoir, tmp_path):
    columns = {
        "url": [f"https://example.org/{n}" for n in range(150)],
        "raw_html": pa.array([page(n).encode("cp1252") for n in range(150)], pa.binary()),
        "key": list(range(150)),
    }
    plain = pa.table(columns)
    text = pa.table({"body": pa.array([PROSE.format(n=n % 5) for n in range(150)], pa.large_string())})
    words = text.set_column(0, "body", text["body"].dictionary_encode())
    fields = ["--field-html", "raw_html", "--field-id", "key"]
    for codec in ["none", "snappy", "gzip", "zstd", "lz4", "brotli"]:
        path = tmp_path / f"{codec}.parquet"
        pyarrow.parquet.write_table(plain, path, compression=codec, row_group_size=64)
        rows = articles(clean(lavoir, path, tmp_path / f"out-{codec}", *fields))
        assert [row["id"] for row in rows] == [str(n) for n in range(150)]
        assert all(PROSE.format(n=n) in row["text"] for n, row in enumerate(rows))
        assert rows[7]["source"] == "https://example.org/7"
    for name, table in [("large", text), ("words", words)]:
        pyarrow.feather.write_feather(table, tmp_path / f"{name}.arrow", compression="zstd")
        rows = articles(clean(lavoir, tmp_path / f"{name}.arrow", tmp_path / f"out-{name}"))
        assert [row["text"] for row in rows] == text["body"].to_pylist()
        assert rows[3]["id"] == f"{name}.arrow:4"
    with pa.OSFile(str(tmp_path / "stream.arrows"), "wb") as sink, pa.ipc.new_stream(sink, text.schema) as writer:
        writer.write_table(text, max_chunksize=100)
    rows = articles(clean(lavoir, tmp_path / "stream.arrows", tmp_path / "out-stream"))
    assert [row["text"] for row in rows] == text["body"].to_pylist()


@pytest.mark.parametrize("version", ["1.0", "1.1"])
@pytest.mark.parametrize("packed", [True, False])
def test_archives_of_warcio_are_read(lavoir, tmp_path, version, packed):
    path = tmp_path / ("pages.warc.gz" if packed else "pages.warc")
    ids = []
    with open(path, "wb") as file:
        writer = WARCWriter(file, gzip=packed, warc_version=version)
        file_info = writer.create_warcinfo_record("pages.warc", {"software": "a test"})
        writer.write_record(file_info)
        for n in range(20):
            body = page(n).encode("koi8-r" if n == 3 else "utf-8", errors="xmlcharrefreplace")
            headers = [("Content-Type", f"text/html; charset={'koi8-r' if n == 3 else 'utf-8'}")]
            if n == 5:
                body = gzip.compress(body)
                headers.append(("Content-Encoding", "gzip"))
            if n == 6:
                body = b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)
                headers.append(("Transfer-Encoding", "chunked"))
            http_headers = StatusAndHeaders("200 OK", headers, protocol="HTTP/1.1")
            uri = f"https://example.org/{n}"
            record = writer.create_warc_record(
                uri, "response", payload=io.BytesIO(body), http_headers=http_headers
            )
            ids.append(record.rec_headers["WARC-Record-ID"].strip("<>"))
            writer.write_record(record)
            writer.write_record(writer.create_warc_record(uri, "metadata", payload=io.BytesIO(b"a: b")))
        payload = io.BytesIO(PROSE.format(n=20).encode())
        text = writer.create_warc_record(
            "https://example.org/20", "conversion", payload=payload, warc_content_type="text/plain"
        )
        ids.append(text.rec_headers["WARC-Record-ID"].strip("<>"))
        writer.write_record(text)
    out = clean(lavoir, path, tmp_path / "out")
    rows = articles(out)
    assert [row["id"] for row in rows] == ids
    assert [row["source"] for row in rows] == [f"https://example.org/{n}" for n in range(21)]
    assert all(PROSE.format(n=n) in row["text"] for n, row in enumerate(rows) if n != 3)
    provenance = [json.loads(line) for line in open(out / "provenance.jsonl")]
    archived = provenance[0]["source"]["archived"]
    assert archived["date"].endswith("Z") and archived["payload_digest"].startswith("sha1:")
    assert provenance[0]["source"]["record"] == ids[0]


class Pages(http.server.BaseHTTPRequestHandler):
    """Three pages that link to each other, and a picture."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        number = self.path.strip("/").removesuffix(".html") or "0"
        kind, body = "text/html; charset=utf-8", b""
        if number.isdigit():
            links = "".join(f'<a href="/{n}.html">{n}</a>' for n in range(3))
            body = page(int(number)).replace("</body>", f"{links}<img src=/x.png></body>").encode()
        else:
            kind, body = "image/png", b"\x89PNG\r\n\x1a\n" + bytes(100)
        self.send_response(200)
        self.send_header("Content-Type", kind)
        if number == "1":
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            for start in range(0, len(body), 100):
                part = body[start : start + 100]
                self.wfile.write(b"%x\r\n%s\r\n" % (len(part), part))
            self.wfile.write(b"0\r\n\r\n")
        else:
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    def log_message(self, *_):
        pass


@pytest.mark.parametrize("packed", [True, False])
def test_archives_of_wget_are_read(lavoir, tmp_path, packed):
    if shutil.which("wget") is None:
        warnings.warn("wget is not installed: its archives are NOT tested (apt-get install wget)")
        pytest.skip("wget is not installed: its archives are NOT tested")
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Pages)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        command = ["wget", "-q", "-r", "-p", "--no-proxy", "--delete-after", "--warc-file=pages"]
        command += [] if packed else ["--no-warc-compression"]
        command += ["-e", "robots=off", f"http://127.0.0.1:{server.server_address[1]}/0.html"]
        subprocess.run(command, cwd=tmp_path, check=True, timeout=120)
    finally:
        server.shutdown()
    path = tmp_path / ("pages.warc.gz" if packed else "pages.warc")
    out = clean(lavoir, path, tmp_path / "out")
    # The pages and nothing else: neither the picture nor what wget says of itself.
    rows = articles(out)
    assert sorted(row["source"].rsplit("/", 1)[1] for row in rows) == ["0.html", "1.html", "2.html"]
    for row in rows:
        number = int(row["source"].rsplit("/", 1)[1].removesuffix(".html"))
        assert PROSE.format(n=number) in row["text"]


def test_standard_input_is_told_by_its_first_bytes(lavoir, tmp_path):
    rows = pa.table({"id": ["a", "b"], "html": [page(1), page(2)]})
    pyarrow.parquet.write_table(rows, tmp_path / "rows.parquet")
    packed = gzip.compress((tmp_path / "rows.parquet").read_bytes())
    for data in [(tmp_path / "rows.parquet").read_bytes(), packed, page(1).encode()]:
        done = subprocess.run([lavoir, "clean", "--isolated", "-"], input=data, capture_output=True)
        assert done.returncode == 0, done.stderr
        first = json.loads(done.stdout.splitlines()[0])
        assert PROSE.format(n=1) in first["text"]
    csv = f"a,words\n1,\"{PROSE.format(n=1)}\"\n".encode()
    command = [lavoir, "clean", "--isolated", "--from", "csv", "--field-text", "words", "-"]
    done = subprocess.run(command, input=csv, capture_output=True)
    assert json.loads(done.stdout)["text"] == PROSE.format(n=1)
