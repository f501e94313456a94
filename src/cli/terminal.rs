//! Text on a terminal: colour only where it is wanted, and nothing that could drive the terminal.

use std::io::IsTerminal;

pub(super) use crate::visible::visible;

/// Whether standard output takes colour: a terminal, and no `NO_COLOR`.
pub(super) fn colour(forced: Option<bool>) -> bool {
    forced.unwrap_or_else(|| {
        let no_color = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        std::io::stdout().is_terminal() && !no_color
    })
}
