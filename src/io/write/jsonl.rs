//! JSON lines, packed.

use std::io::{self, Write};

use super::RowWriter;
use crate::error::{Error, Result};
use crate::io::output::{OutputFile, Written};

/// Level of zstd and gzip: their defaults.
const ZSTD_LEVEL: i32 = 3;
const GZIP_LEVEL: u32 = 6;

/// JSON lines through a packer.
pub(crate) struct Packed {
    packer: Packer,
    name: String,
    rows: u64,
}

enum Packer {
    Gzip(flate2::write::GzEncoder<OutputFile>),
    Zstd(zstd::stream::write::Encoder<'static, OutputFile>),
}

impl Packed {
    /// Packs into `file`, which errors call `name`.
    pub(crate) fn gzip(file: OutputFile, name: &str) -> Self {
        let level = flate2::Compression::new(GZIP_LEVEL);
        // No time and no name in the header: the same rows give the same file.
        let packer = Packer::Gzip(flate2::write::GzEncoder::new(file, level));
        Self::new(packer, name)
    }

    /// Packs into `file`, which errors call `name`.
    pub(crate) fn zstd(file: OutputFile, name: &str) -> Result<Self> {
        let fail = |error: io::Error| Error::io(name, &error);
        let mut zstd = zstd::stream::write::Encoder::new(file, ZSTD_LEVEL).map_err(fail)?;
        zstd.include_checksum(true).map_err(fail)?;
        Ok(Self::new(Packer::Zstd(zstd), name))
    }

    fn new(packer: Packer, name: &str) -> Self {
        Self {
            packer,
            name: name.to_owned(),
            rows: 0,
        }
    }
}

impl Packed {
    /// Adds a row and a line end.
    pub(crate) fn line(&mut self, row: &[u8]) -> Result<()> {
        let writer: &mut dyn Write = match &mut self.packer {
            Packer::Gzip(gzip) => gzip,
            Packer::Zstd(zstd) => zstd,
        };
        writer
            .write_all(row)
            .and_then(|()| writer.write_all(b"\n"))
            .map_err(|error| Error::io(&self.name, &error))?;
        self.rows += 1;
        Ok(())
    }

    /// The file with all that was packed, which is yet to take its name.
    pub(crate) fn close(self) -> Result<OutputFile> {
        let file = match self.packer {
            Packer::Gzip(gzip) => gzip.finish(),
            Packer::Zstd(zstd) => zstd.finish(),
        };
        let file = file.map_err(|error| Error::io(&self.name, &error))?;
        Ok(file.of_rows(self.rows))
    }
}

impl RowWriter for Packed {
    fn row(&mut self, json: &str) -> Result<()> {
        self.line(json.as_bytes())
    }

    fn finish(self: Box<Self>) -> Result<Written> {
        self.close()?.finish()
    }
}
