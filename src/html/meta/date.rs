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

/// Month names and their short forms in English, German, French, Spanish, Italian, Portuguese,
/// Dutch, Polish, Romanian, Russian, Swedish and Arabic.
const MONTHS: [&str; 12] = [
    "jan january januar jänner jän janvier janv enero ene gennaio gen janeiro januari stycznia \
     styczeń ianuarie ian января янв يناير",
    "feb february februar februari février fevrier févr fév febrero febbraio fevereiro fev lutego \
     luty februarie февраля фев فبراير",
    "mar march märz marz mär mars marzo março maart mrt marca marzec martie марта мар مارس",
    "apr april avril avr abril abr aprile kwietnia kwiecień aprilie апреля апр أبريل ابريل",
    "may mai mayo maggio mag maio mei maja maj мая май مايو",
    "jun june juni juin junio giugno giu junho czerwca czerwiec iunie iun июня июн يونيو",
    "jul july juli juillet juil julio luglio lug julho lipca lipiec iulie iul июля июл يوليو",
    "aug august août aout aoû agosto ago augustus sierpnia sierpień augusti августа авг أغسطس \
     اغسطس",
    "sep sept september septembre septiembre setiembre settembre set setembro września wrzesień \
     septembrie сентября сен سبتمبر",
    "oct october oktober okt octobre octubre ottobre ott outubro out października październik \
     octombrie октября окт أكتوبر اكتوبر",
    "nov november novembre noviembre novembro listopada listopad noiembrie noi ноября ноя نوفمبر",
    "dec december dezember dez décembre decembre déc diciembre dic dicembre dezembro grudnia \
     grudzień decembrie декабря дек ديسمبر",
];

/// The month of a name.
fn month(name: &str) -> Option<u8> {
    let lower = name.to_lowercase();
    let mut months = MONTHS.iter();
    let at = months.position(|names| names.split_ascii_whitespace().any(|name| name == lower))?;
    Some(at as u8 + 1)
}

type Reading = fn(&Captures<'_>) -> Option<(u16, u8, u8)>;

fn number<T: std::str::FromStr>(found: &Captures<'_>, group: usize) -> Option<T> {
    found.get(group)?.as_str().parse().ok()
}

static FORMS: LazyLock<Vec<(Regex, Reading)>> = LazyLock::new(|| {
    let forms: [(&str, Reading); 7] = [
        (
            r"\b(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ]\d\d:\d\d(?::\d\d)?(?:\.\d+)?\s*(?:Z|[+-]\d\d:?\d\d)?)?",
            |f| Some((number(f, 1)?, number(f, 2)?, number(f, 3)?)),
        ),
        (r"\b((?:19|20)\d\d)(\d\d)(\d\d)(?:T\d+)?\b", |f| {
            Some((number(f, 1)?, number(f, 2)?, number(f, 3)?))
        }),
        (
            r"\b(\p{L}{3,12})\.?\s+(\d{1,2})(?:st|nd|rd|th)?\s*,?\s+(\d{4})\b",
            |f| Some((number(f, 3)?, month(&f[1])?, number(f, 2)?)),
        ),
        (
            r"\b(\d{1,2})(?:st|nd|rd|th|er|º)?\.?\s*(?:of\s+|de\s+)?(\p{L}{3,12})\.?,?\s+(?:de\s+)?(\d{4})\b",
            |f| Some((number(f, 3)?, month(&f[2])?, number(f, 1)?)),
        ),
        (r"\b(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})\b", |f| {
            Some((number(f, 3)?, number(f, 2)?, number(f, 1)?))
        }),
        (
            r"\b(\d{4})\s?年\s?(\d{1,2})\s?月\s?(\d{1,2})\s?日",
            |f| Some((number(f, 1)?, number(f, 2)?, number(f, 3)?)),
        ),
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
    if !may_hold_year(text) {
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

/// Whether there are four digits that may be the year of a date: one that counts is from 1990 to
/// 2100.
fn may_hold_year(text: &str) -> bool {
    let years = text.as_bytes().windows(4);
    years.into_iter().any(|year| {
        matches!(year, [b'1', b'9', b'9', d] | [b'2', b'0', _, d] | [b'2', b'1', b'0', d] if d.is_ascii_digit())
    })
}

/// A value as ISO 8601: a machine form stays as written (with its time zone), others become
/// `YYYY-MM-DD`, with the time of day where it stands behind. `None` when there is no date in it,
/// or one that reads both ways (`12/05/2020`).
///
/// ```
/// use lavoir::html::meta::date::iso;
/// assert_eq!(iso("Thu, 5 Dec 2020 - 11:38").as_deref(), Some("2020-12-05T11:38"));
/// assert_eq!(iso("2020-12-05T10:00:00+02:00").as_deref(), Some("2020-12-05T10:00:00+02:00"));
/// assert_eq!(iso("12/05/2020"), None);
/// ```
pub fn iso(value: &str) -> Option<String> {
    let value = value.trim();
    if is_machine(value.as_bytes()) {
        return Some(value.to_owned());
    }
    let date = find(value)?;
    let written = value.get(date.at.clone()).unwrap_or("");
    let machine = written.as_bytes().get(4) == Some(&b'-') && written.len() >= 10;
    let year_first = written.starts_with(&date.year.to_string());
    let slashed = written.contains(['/', '-']) && !year_first;
    match () {
        () if machine => Some(written.to_owned()),
        () if slashed && date.day <= 12 && date.day != date.month => None,
        () => {
            let inside = || {
                written
                    .split_once([' ', 'T'])
                    .and_then(|(_, rest)| time(rest))
            };
            let time = time(&value[date.at.end..]).or_else(inside);
            Some(date.iso() + &time.unwrap_or_default())
        }
    }
}

/// Whether a value is the whole of a machine form with a year that counts, as most are.
fn is_machine(value: &[u8]) -> bool {
    let number = |digits: &[u8]| {
        let digit = |sum: u16, byte: &u8| {
            let digit = byte.is_ascii_digit().then(|| byte - b'0')?;
            Some(sum * 10 + u16::from(digit))
        };
        digits.iter().try_fold(0, digit)
    };
    let Some((&[a, b, c, d, b'-', e, f, b'-', g, h], time)) = value.split_first_chunk() else {
        return false;
    };
    let valid = number(&[a, b, c, d]).is_some_and(|year| (1990..=2100).contains(&year))
        && number(&[e, f]).is_some_and(|month| (1..=12).contains(&month))
        && number(&[g, h]).is_some_and(|day| (1..=31).contains(&day));
    let are_digits = |bytes: &[u8]| bytes.iter().all(u8::is_ascii_digit);
    let rest = match time {
        [] => return valid,
        [b'T', a, b, b':', c, d, rest @ ..] if are_digits(&[*a, *b, *c, *d]) => rest,
        _ => return false,
    };
    let rest = match rest {
        [b':', a, b, rest @ ..] if are_digits(&[*a, *b]) => rest,
        _ => rest,
    };
    let zone = match rest.strip_prefix(b".") {
        Some(parts) => {
            let digits = parts.iter().take_while(|byte| byte.is_ascii_digit());
            match digits.count() {
                0 => return false,
                len => &parts[len..],
            }
        }
        None => rest,
    };
    valid
        && match *zone {
            [] | [b'Z'] => true,
            [b'+' | b'-', a, b, b':', c, d] | [b'+' | b'-', a, b, c, d] => {
                are_digits(&[a, b, c, d])
            }
            _ => false,
        }
}

static TIME: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let form = r"(?i)^[\s,|·–—-]*(?:at|um|à|às|a las|alle|ore|o|kl\.?|@)?\s*(\d{1,2})\s?[:h時点时]\s?(\d\d)(?::\d\d)?(?:\s*([ap])\.?m\b)?";
    Regex::new(form).ok()
});

/// The time of day that a text begins with, as `THH:MM`.
fn time(text: &str) -> Option<String> {
    let found = TIME.as_ref()?.captures(text)?;
    let (hour, minute): (u8, u8) = (number(&found, 1)?, number(&found, 2)?);
    let hour = match found.get(3).map(|half| half.as_str()) {
        Some("p" | "P") if hour < 12 => hour + 12,
        Some("a" | "A") if hour == 12 => 0,
        _ => hour,
    };
    (hour < 24 && minute < 60).then(|| format!("T{hour:02}:{minute:02}"))
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
    fn a_value_that_is_a_machine_form_is_found_whole() {
        let (mut whole, mut others) = (0, 0);
        for day in [
            "2020-12-05",
            "1989-12-05",
            "2020-13-05",
            "2020-12-00",
            "2020-1-5",
            "202O-12-05",
        ] {
            for time in [
                "",
                "T10:00",
                "T10:00:00",
                "T10:00:00.5",
                " 10:00:00",
                "T1:00:00",
                "T10:00:0x",
            ] {
                for zone in ["", "Z", "+02:00", "-11:30", "+0200", "+02:00Z", " x"] {
                    let value = format!("{day}{time}{zone}");
                    if is_machine(value.as_bytes()) {
                        whole += 1;
                        assert_eq!(find(&value).map(|date| date.at), Some(0..value.len()));
                        assert_eq!(iso(&value), Some(value));
                    } else {
                        others += 1;
                    }
                }
            }
        }
        assert_eq!((whole, others), (16, 6 * 7 * 7 - 16));
    }

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
            ("12 października 2022", "2022-10-12"),
            ("22 aprilie 2022", "2022-04-22"),
            ("3 мая 2021 г.", "2021-05-03"),
            ("den 4 mars 2020", "2020-03-04"),
            ("7 سبتمبر 2019", "2019-09-07"),
            ("2022年11月8日", "2022-11-08"),
            ("2022 年 11 月 8 日 09:20", "2022-11-08"),
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
        let cases = [
            (
                "2020-12-05T10:00:00+02:00",
                Some("2020-12-05T10:00:00+02:00"),
            ),
            (
                "2020-12-05 10:00:00 +0200 by X",
                Some("2020-12-05 10:00:00 +0200"),
            ),
            ("5 Dec 2020", Some("2020-12-05")),
            ("14 June 2023, 18:20", Some("2023-06-14T18:20")),
            ("8 février 2023 à 18h12", Some("2023-02-08T18:12")),
            ("Dec 5, 2020 | 9:07 pm", Some("2020-12-05T21:07")),
            ("2024/05/12 09:10", Some("2024-05-12T09:10")),
            ("2024年5月12日 8時30分", Some("2024-05-12T08:30")),
            ("Dec 5, 2020 99:07", Some("2020-12-05")),
            ("Dec 5, 2020 9:07am", Some("2020-12-05T09:07")),
            ("1/2/2020", None),
            ("2/2/2020", Some("2020-02-02")),
            ("2020/1/2", Some("2020-01-02")),
            ("31-1-2020", Some("2020-01-31")),
            ("03.09.2023", Some("2023-09-03")),
        ];
        for (written, wanted) in cases {
            assert_eq!(iso(written).as_deref(), wanted, "{written}");
        }
    }

    #[test]
    fn addresses_may_hold_a_date() {
        let address = "https://example.org/2020/12/05/title";
        assert_eq!(find_in_path(address), Some(20..30));
        assert_eq!(find_in_path("https://example.org/2020/12"), None);
    }
}
