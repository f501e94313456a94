//! Metadata of an article: what the rules lifted out and the page says about itself.

use serde::{Deserialize, Serialize};

use crate::decision::Field;

/// A caption and the credit that stood with it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Caption {
    /// The text of the caption.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Who made or owns the picture.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credit: Option<String>,
}

/// Metadata of an article. Every value but `language` is the text of a span that the provenance
/// record names; dates are written as ISO 8601 where they read one way only.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Metadata {
    /// Title.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// The lede.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub standfirst: Option<String>,
    /// Authors, as named.
    pub authors: Vec<String>,
    /// Paper or site that published it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub publisher: Option<String>,
    /// News agency.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agency: Option<String>,
    /// Date of publication: ISO 8601, or as written where it can be read in two ways.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date: Option<String>,
    /// Date of the last change.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub modified: Option<String>,
    /// Language of the text, ISO 639-1, `und` when unsure.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// Reading time in minutes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reading_time: Option<u32>,
    /// Captions and credits of pictures.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub captions: Vec<Caption>,
    /// Tags and topics.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// Section of the paper.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub section: Option<String>,
    /// Canonical address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub canonical: Option<String>,
    /// Name of the site.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub site_name: Option<String>,
    /// Address of the main picture.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image: Option<String>,
    /// Licence.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub license: Option<String>,
    /// Comments of readers, when asked for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub comments: Vec<String>,
    /// Addresses that links of the text lead to, as written, when asked for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub links: Vec<String>,
    /// Addresses of pictures in the text, as written, when asked for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub pictures: Vec<String>,
    /// Whether a notice says that the text stops at a paywall.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub truncated: bool,
}

impl Metadata {
    /// The text of field `field`, for rule examples and tests; several values joined by `; `.
    pub fn get(&self, field: Field) -> Option<String> {
        let captions = |part: fn(&Caption) -> Option<&String>| {
            let all: Vec<&str> = self
                .captions
                .iter()
                .filter_map(part)
                .map(|s| &**s)
                .collect();
            (!all.is_empty()).then(|| all.join("; "))
        };
        let joined = |all: &[String]| (!all.is_empty()).then(|| all.join("; "));
        match field {
            Field::Title => self.title.clone(),
            Field::Standfirst => self.standfirst.clone(),
            Field::Author => joined(&self.authors),
            Field::Publisher => self.publisher.clone(),
            Field::Agency => self.agency.clone(),
            Field::Published => self.date.clone(),
            Field::Modified => self.modified.clone(),
            Field::ReadingTime => self.reading_time.map(|minutes| minutes.to_string()),
            Field::Caption => captions(|c| c.text.as_ref()),
            Field::Credit => captions(|c| c.credit.as_ref()),
            Field::Tag => joined(&self.tags),
            Field::Section => self.section.clone(),
            Field::Canonical => self.canonical.clone(),
            Field::SiteName => self.site_name.clone(),
            Field::Image => self.image.clone(),
            Field::Language => self.language.clone(),
            Field::License => self.license.clone(),
            Field::Comment => joined(&self.comments),
            Field::Link => joined(&self.links),
            Field::Picture => joined(&self.pictures),
            Field::Paywall => self.truncated.then(|| "true".into()),
        }
    }

    /// Puts a value into its field; the first value of a single field stays.
    pub fn put(&mut self, field: Field, value: String) {
        let single = match field {
            Field::Title => &mut self.title,
            Field::Standfirst => &mut self.standfirst,
            Field::Publisher => &mut self.publisher,
            Field::Agency => &mut self.agency,
            Field::Published => &mut self.date,
            Field::Modified => &mut self.modified,
            Field::Section => &mut self.section,
            Field::Canonical => &mut self.canonical,
            Field::SiteName => &mut self.site_name,
            Field::Image => &mut self.image,
            Field::Language => &mut self.language,
            Field::License => &mut self.license,
            Field::Author => return push_new(&mut self.authors, value),
            Field::Tag => return push_new(&mut self.tags, value),
            Field::Comment => return self.comments.push(value),
            Field::Link => return push_new(&mut self.links, value),
            Field::Picture => return push_new(&mut self.pictures, value),
            Field::Paywall => {
                self.truncated = true;
                return;
            }
            Field::ReadingTime => {
                let digits: String = value.chars().filter(char::is_ascii_digit).collect();
                self.reading_time = self.reading_time.or(digits.parse().ok());
                return;
            }
            Field::Caption => {
                let (text, credit) = (Some(value), None);
                return self.captions.push(Caption { text, credit });
            }
            Field::Credit => return self.put_credit(value),
        };
        single.get_or_insert(value);
    }

    /// A credit belongs to the caption right before it; its label ("Foto:") is not part of it.
    fn put_credit(&mut self, value: String) {
        let credit = Some(without_label(&value).to_owned());
        match self.captions.last_mut() {
            Some(caption) if caption.credit.is_none() => caption.credit = credit,
            _ => self.captions.push(Caption { text: None, credit }),
        }
    }
}

/// A value without the one or two words and the colon before it.
fn without_label(value: &str) -> &str {
    let Some((label, rest)) = value.split_once([':', '：']) else {
        return value;
    };
    let wordy = label
        .chars()
        .all(|c| c.is_alphabetic() || c.is_whitespace() || c == '/');
    let short = label.split_whitespace().count() <= 2 && label.chars().count() <= 20;
    if wordy && short && !rest.trim().is_empty() && !rest.starts_with("//") {
        rest.trim()
    } else {
        value
    }
}

fn push_new(list: &mut Vec<String>, value: String) {
    if !list.contains(&value) {
        list.push(value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credits_lose_their_label_and_nothing_else() {
        assert_eq!(without_label("Foto: Rolf Tessmann"), "Rolf Tessmann");
        assert_eq!(without_label("写真：岬日報"), "岬日報");
        assert_eq!(
            without_label("AFP / © A. B. via AFP"),
            "AFP / © A. B. via AFP"
        );
        assert_eq!(
            without_label("See https://example.org"),
            "See https://example.org"
        );
    }
}
