"""Where the command is: `LAVOIR`, or the debug build."""

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def lavoir() -> str:
    """The command under test."""
    path = Path(os.environ.get("LAVOIR", ROOT / "target/debug/lavoir")).resolve()
    assert path.is_file(), f"{path} is missing: run `cargo build` first"
    return str(path)


@pytest.fixture(scope="session")
def corpus() -> Path:
    """The bundled corpus."""
    return ROOT / "corpus"
