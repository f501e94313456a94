//! The script of a character.

/// Scripts that one language in the tables, or one language alone, is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Script {
    /// Several languages: their letters decide.
    Latin,
    Cyrillic,
    Arabic,
    /// Chinese, or Japanese where kana stand between.
    Han,
    Kana,
    Devanagari,
    /// The language with this code.
    Only(&'static str),
}

/// None where it is no letter, or one of a script that no known language is written in.
#[inline]
pub(super) fn script(c: char) -> Option<Script> {
    if c.is_ascii() {
        return c.is_ascii_alphabetic().then_some(Script::Latin);
    }
    Some(match c as u32 {
        0xC0..=0x24F | 0x1E00..=0x1EFF => Script::Latin,
        0x370..=0x3FF | 0x1F00..=0x1FFF => Script::Only("el"),
        0x400..=0x52F => Script::Cyrillic,
        0x531..=0x587 => Script::Only("hy"),
        0x5D0..=0x5EA => Script::Only("he"),
        0x620..=0x64A | 0x66E..=0x6D5 => Script::Arabic,
        0x900..=0x97F => Script::Devanagari,
        0x980..=0x9FF => Script::Only("bn"),
        0xA00..=0xA7F => Script::Only("pa"),
        0xA80..=0xAFF => Script::Only("gu"),
        0xB80..=0xBFF => Script::Only("ta"),
        0xC00..=0xC7F => Script::Only("te"),
        0xC80..=0xCFF => Script::Only("kn"),
        0xD00..=0xD7F => Script::Only("ml"),
        0xD80..=0xDFF => Script::Only("si"),
        0xE01..=0xE4E => Script::Only("th"),
        0xE80..=0xEFF => Script::Only("lo"),
        0x1000..=0x109F => Script::Only("my"),
        0x10A0..=0x10FF => Script::Only("ka"),
        0x1200..=0x137F => Script::Only("am"),
        0x1780..=0x17FF => Script::Only("km"),
        0x3041..=0x30FF => Script::Kana,
        0x3400..=0x4DBF | 0x4E00..=0x9FFF => Script::Han,
        0xAC00..=0xD7A3 => Script::Only("ko"),
        _ => return None,
    })
}
