//! The `lavoir` command: parse, run, exit code.
#![forbid(unsafe_code)]

fn main() -> std::process::ExitCode {
    lavoir::cli::main()
}
