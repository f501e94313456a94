//! JSON lines, packed.

use std::io::{self, Write};
use std::path::Path;

use super::RowWriter;
use crate::error::{Error, Result};
use crate::io::output::{OutputFile, Written};

/// Level of zstd and gzip: their defaults.
const ZSTD_LEVEL: i32 = 3;
const GZIP_LEVEL: u32 = 6;

/// JSON lines through a packer.
pub(super) struct Packed {
    packer: Packer,
    name: String,
    rows: u64,
}

enum Packer {
    Gzip(flate2::write::GzEncoder<OutputFile>),
    Zstd(zstd::stream::write::Encoder<'static, OutputFile>),
}

impl Packed {
    pub(super) fn gzip(dir: &Path, name: &str) -> Result<Self> {
        let file = OutputFile::create(dir, name)?;
        let level = flate2::Compression::new(GZIP_LEVEL);
        // No time and no name in the header: the same rows give the same file.
        let packer = Packer::Gzip(flate2::write::GzEncoder::new(file, level));
        Ok(Self::new(packer, name))
    }

    pub(super) fn zstd(dir: &Path, name: &str) -> Result<Self> {
        let file = OutputFile::create(dir, name)?;
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

impl RowWriter for Packed {
    fn row(&mut self, json: &str) -> Result<()> {
        let writer: &mut dyn Write = match &mut self.packer {
            Packer::Gzip(gzip) => gzip,
            Packer::Zstd(zstd) => zstd,
        };
        writer
            .write_all(json.as_bytes())
            .and_then(|()| writer.write_all(b"\n"))
            .map_err(|error| Error::io(&self.name, &error))?;
        self.rows += 1;
        Ok(())
    }

    fn finish(self: Box<Self>) -> Result<Written> {
        let file = match self.packer {
            Packer::Gzip(gzip) => gzip.finish(),
            Packer::Zstd(zstd) => zstd.finish(),
        };
        let file = file.map_err(|error| Error::io(&self.name, &error))?;
        file.finish_rows(self.rows)
    }
}
