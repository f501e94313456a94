//! Dates as people and machines write them.

use std::ops::Range;
use std::sync::LazyLock;

use regex::{Captures, Regex};

/// A date found in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Date {
    /// Year, 1990–2100.
    pub year: u16,
    /// Month, 1–12.
    pub month: u8,
    /// Day, 1–31.
    pub day: u8,
    /// Where it stands, in bytes.
    pub at: Range<usize>,
}

impl Date {
    /// As `YYYY-MM-DD`.
    pub fn iso(&self) -> String {
        format!("{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

/// Month names of English, German, French, Spanish, Italian, Portuguese and Dutch, by the
/// letters that tell them apart.
const MONTHS: [&[&str]; 12] = [
    &["jan", "ene", "gen", "jän"],
    &["feb", "fév", "fev"],
    &["mar", "mär", "maa", "mrt"],
    &["apr", "avr", "abr"],
    &["may", "mai", "mag", "mei"],
    &["jun", "juin", "giu"],
    &["jul", "juil", "lug"],
    &["aug", "aoû", "aou", "ago"],
    &["sep", "set"],
    &["oct", "okt", "ott", "out"],
    &["nov"],
    &["dec", "déc", "dez", "dic"],
];

/// The month of a name.
fn month(name: &str) -> Option<u8> {
    let lower = name.to_lowercase();
    let known = [
        "january",
        "february",
        "march",
        "april",
        "june",
        "july",
        "august",
        "september",
        "sept",
        "october",
        "november",
        "december",
        "januar",
        "jänner",
        "februar",
        "märz",
        "marz",
        "mars",
        "juni",
        "juli",
        "oktober",
        "dezember",
        "janvier",
        "février",
        "fevrier",
        "avril",
        "juin",
        "juillet",
        "août",
        "aout",
        "septembre",
        "octobre",
        "novembre",
        "décembre",
        "decembre",
        "enero",
        "febrero",
        "marzo",
        "abril",
        "mayo",
        "junio",
        "julio",
        "agosto",
        "septiembre",
        "setiembre",
        "octubre",
        "noviembre",
        "diciembre",
        "gennaio",
        "febbraio",
        "aprile",
        "maggio",
        "giugno",
        "luglio",
        "settembre",
        "ottobre",
        "dicembre",
        "janeiro",
        "fevereiro",
        "março",
        "maio",
        "junho",
        "julho",
        "setembro",
        "outubro",
        "novembro",
        "dezembro",
        "januari",
        "februari",
        "maart",
        "mei",
        "augustus",
    ];
    let short = |name: &&str| lower == **name;
    let at = MONTHS.iter().position(|names| {
        names.iter().any(short)
            || (known.contains(&lower.as_str()) && names.iter().any(|name| lower.starts_with(name)))
    })?;
    Some(at as u8 + 1)
}

type Reading = fn(&Captures<'_>) -> Option<(u16, u8, u8)>;

fn number<T: std::str::FromStr>(found: &Captures<'_>, group: usize) -> Option<T> {
    found.get(group)?.as_str().parse().ok()
}

static FORMS: LazyLock<Vec<(Regex, Reading)>> = LazyLock::new(|| {
    let forms: [(&str, Reading); 6] = [
        (
            r"\b(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ]\d\d:\d\d(?::\d\d)?(?:\.\d+)?\s*(?:Z|[+-]\d\d:?\d\d)?)?",
            |f| Some((number(f, 1)?, number(f, 2)?, number(f, 3)?)),
        ),
        (r"\b((?:19|20)\d\d)(\d\d)(\d\d)(?:T\d+)?\b", |f| {
            Some((number(f, 1)?, number(f, 2)?, number(f, 3)?))
        }),
        (
            r"\b(\p{L}{3,10})\.?\s+(\d{1,2})(?:st|nd|rd|th)?\s*,?\s+(\d{4})\b",
            |f| Some((number(f, 3)?, month(&f[1])?, number(f, 2)?)),
        ),
        (
            r"\b(\d{1,2})(?:st|nd|rd|th|er|º)?\.?\s*(?:of\s+|de\s+)?(\p{L}{3,10})\.?,?\s+(?:de\s+)?(\d{4})\b",
            |f| Some((number(f, 3)?, month(&f[2])?, number(f, 1)?)),
        ),
        (r"\b(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})\b", |f| {
            Some((number(f, 3)?, number(f, 2)?, number(f, 1)?))
        }),
        (r"\b(\d{1,2})[/-](\d{1,2})[/-](\d{4})\b", |f| {
            let (a, b): (u8, u8) = (number(f, 1)?, number(f, 2)?);
            // Month first, unless it cannot be one.
            let (month, day) = if a > 12 { (b, a) } else { (a, b) };
            Some((number(f, 3)?, month, day))
        }),
    ];
    let compile = |(form, read): (&str, Reading)| Some((Regex::new(form).ok()?, read));
    forms.into_iter().filter_map(compile).collect()
});

/// The first date in `text`, machine forms first. `12/05/2020` reads as the fifth of December.
///
/// ```
/// let date = lavoir::html::meta::date::find("Posted on Dec. 5th, 2020 by X").unwrap();
/// assert_eq!(date.iso(), "2020-12-05");
/// assert_eq!(date.at, 10..24);
/// ```
pub fn find(text: &str) -> Option<Date> {
    if !text.bytes().any(|byte| byte.is_ascii_digit()) {
        return None;
    }
    FORMS.iter().find_map(|(form, read)| {
        form.captures_iter(text).find_map(|found| {
            let (year, month, day) = read(&found)?;
            let valid = (1990..=2100).contains(&year)
                && (1..=12).contains(&month)
                && (1..=31).contains(&day);
            valid.then(|| Date {
                year,
                month,
                day,
                at: found.get(0).map_or(0..0, |all| all.range()),
            })
        })
    })
}

/// A value as ISO 8601: a machine form stays as written (with its time zone), others become
/// `YYYY-MM-DD`; `None` when there is no date in it.
pub fn iso(value: &str) -> Option<String> {
    let value = value.trim();
    let date = find(value)?;
    let written = value.get(date.at.clone()).unwrap_or("");
    let machine = written.as_bytes().get(4) == Some(&b'-') && written.len() >= 10;
    Some(if machine {
        written.to_owned()
    } else {
        date.iso()
    })
}

static PATH: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"/((?:19|20)\d\d[/-]\d\d?[/-]\d\d?)(?:[/-]|$)").ok());

/// Where a date stands in the path of an address, e.g. `2020/12/05`.
pub(super) fn find_in_path(address: &str) -> Option<Range<usize>> {
    let found = PATH.as_ref()?.captures(address)?.get(1)?;
    find(found.as_str()).map(|_| found.range())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_read_in_many_forms() {
        let cases = [
            ("2020-12-05T10:00:00+02:00", "2020-12-05"),
            ("20201205", "2020-12-05"),
            ("December 5, 2020", "2020-12-05"),
            ("5. Dezember 2020", "2020-12-05"),
            ("le 1er août 2019 à 10 h", "2019-08-01"),
            ("5 de mayo de 2021", "2021-05-05"),
            ("31.12.1999", "1999-12-31"),
            ("13/02/2020", "2020-02-13"),
            ("02/13/2020", "2020-02-13"),
        ];
        for (text, wanted) in cases {
            assert_eq!(
                find(text).map(|date| date.iso()).as_deref(),
                Some(wanted),
                "{text}"
            );
        }
        for text in [
            "",
            "2020",
            "version 1.2.3",
            "Marmalade 5, 2020",
            "99/99/2020",
            "0000-00-00",
        ] {
            assert_eq!(find(text), None, "{text}");
        }
    }

    #[test]
    fn iso_keeps_the_time_zone() {
        let written = "2020-12-05T10:00:00+02:00";
        assert_eq!(iso(written).as_deref(), Some(written));
        assert_eq!(iso("5 Dec 2020").as_deref(), Some("2020-12-05"));
    }

    #[test]
    fn addresses_may_hold_a_date() {
        let address = "https://example.org/2020/12/05/title";
        assert_eq!(find_in_path(address), Some(20..30));
        assert_eq!(find_in_path("https://example.org/2020/12"), None);
    }
}
