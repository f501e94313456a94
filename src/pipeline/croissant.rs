//! The description of the outputs for tools that read data sets: Croissant 1.1
//! (<http://mlcommons.org/croissant/1.1>), its provenance in PROV-O terms.
//!
//! It says what a run knows. Licence, creator and date of publication are the publisher's to say;
//! the date is taken from `SOURCE_DATE_EPOCH` where that is set, so that the file stays the same.

use serde_json::{Map, Value, json};

use super::manifest::{Content, Manifest};
use crate::io::output::Written;

/// Name of the description in the output folder.
pub const CROISSANT: &str = "croissant.json";

/// Inputs that are named one by one; of a larger corpus the manifest has the list.
const NAMED_INPUTS: usize = 1000;

/// The fields of an article: name, column, path inside the column, what it holds.
const FIELDS: [(&str, &str, &str, &str); 5] = [
    (
        "id",
        "id",
        "",
        "Id of the document, the same as in the provenance.",
    ),
    ("text", "text", "", "The clean text."),
    (
        "source",
        "source",
        "",
        "Address of the page, or else the id of the record.",
    ),
    ("title", "metadata", "title", "Title, where there is one."),
    (
        "language",
        "metadata",
        "language",
        "Language of the text (ISO 639-1, und when unsure).",
    ),
];

/// Describes the outputs of a manifest.
pub(super) fn describe(manifest: &Manifest, date: Option<String>) -> Value {
    let articles = manifest.files("articles");
    let files = manifest.outputs.iter().map(file_object);
    let mut distribution: Vec<Value> = files.collect();
    let source = match &articles[..] {
        [only] => json!({"fileObject": {"@id": only}}),
        many => {
            distribution.push(json!({
                "@type": "cr:FileSet", "@id": "articles-files", "name": "articles-files",
                "description": "All files of articles.",
                "encodingFormat": many.first().map_or("", |name| media_type(name)),
                "includes": "articles-*",
            }));
            json!({"fileSet": {"@id": "articles-files"}})
        }
    };
    let counts = manifest.counts;
    let mut dataset = json!({
        "@context": context(),
        "@type": "sc:Dataset",
        "name": "lavoir-articles",
        "description": format!(
            "{} clean articles of {} records, made by {}. The provenance files say for every \
             character left out which rule or model took it.",
            counts.articles, counts.records, manifest.tool
        ),
        "conformsTo": "http://mlcommons.org/croissant/1.1",
        "license": "http://spdx.org/rdf/terms#noassertion",
        "url": format!("urn:sha256:{}", content_digest(manifest)),
        "version": "1.0.0",
        "distribution": distribution,
        "recordSet": [record_set(&source)],
        "prov:wasGeneratedBy": activity(manifest),
        "prov:wasDerivedFrom": inputs(manifest),
    });
    if let (Some(date), Some(object)) = (date, dataset.as_object_mut()) {
        object.insert("datePublished".into(), date.into());
    }
    dataset
}

/// The date (UTC) that `SOURCE_DATE_EPOCH` asks for.
pub(super) fn source_date() -> Option<String> {
    let seconds = std::env::var("SOURCE_DATE_EPOCH").ok()?.parse().ok()?;
    Some(super::clock::date(seconds))
}

fn context() -> Value {
    const TERMS: [&str; 27] = [
        "annotation",
        "arrayShape",
        "citeAs",
        "column",
        "containedIn",
        "equivalentProperty",
        "excludes",
        "extract",
        "field",
        "fileProperty",
        "fileObject",
        "fileSet",
        "format",
        "includes",
        "isArray",
        "isLiveDataset",
        "jsonPath",
        "key",
        "md5",
        "parentField",
        "path",
        "recordSet",
        "references",
        "regex",
        "repeated",
        "replace",
        "samplingRate",
    ];
    const MORE: [&str; 7] = [
        "sdVersion",
        "separator",
        "source",
        "subField",
        "transform",
        "unArchive",
        "value",
    ];
    let mut context = Map::new();
    let mut put = |key: &str, value: Value| context.insert(key.to_owned(), value);
    put("@language", "en".into());
    put("@vocab", "https://schema.org/".into());
    for (prefix, iri) in [
        ("sc", "https://schema.org/"),
        ("cr", "http://mlcommons.org/croissant/"),
        ("rai", "http://mlcommons.org/croissant/RAI/"),
        ("dct", "http://purl.org/dc/terms/"),
        ("prov", "http://www.w3.org/ns/prov#"),
        ("conformsTo", "dct:conformsTo"),
    ] {
        put(prefix, iri.into());
    }
    for term in TERMS.into_iter().chain(MORE) {
        put(term, format!("cr:{term}").into());
    }
    put("data", json!({"@id": "cr:data", "@type": "@json"}));
    put("dataType", json!({"@id": "cr:dataType", "@type": "@vocab"}));
    put("examples", json!({"@id": "cr:examples", "@type": "@json"}));
    put("name", json!({"@container": "@language"}));
    put("description", json!({"@container": "@language"}));
    Value::Object(context)
}

fn file_object(file: &Written) -> Value {
    json!({
        "@type": "cr:FileObject",
        "@id": file.path,
        "name": file.path,
        "description": format!("{} rows.", file.rows),
        "contentUrl": file.path,
        "contentSize": format!("{} B", file.bytes),
        "encodingFormat": media_type(&file.path),
        "sha256": file.sha256,
    })
}

fn media_type(name: &str) -> &'static str {
    match name.rsplit_once('.').map(|(_, ending)| ending) {
        Some("jsonl") => "application/jsonlines",
        Some("json") => "application/json",
        Some("gz") => "application/gzip",
        Some("zst") => "application/zstd",
        Some("parquet") => "application/x-parquet",
        Some("arrow") => "application/vnd.apache.arrow.file",
        Some("md") => "text/markdown",
        Some("txt") => "text/plain",
        _ => "application/octet-stream",
    }
}

fn record_set(source: &Value) -> Value {
    let field = |(name, column, path, what): (&str, &str, &str, &str)| {
        let mut source = source.clone();
        source["extract"] = json!({ "column": column });
        if !path.is_empty() {
            source["transform"] = json!({ "jsonPath": path });
        }
        json!({
            "@type": "cr:Field", "@id": format!("articles/{name}"), "name": name,
            "description": what, "dataType": "sc:Text", "source": source,
        })
    };
    json!({
        "@type": "cr:RecordSet",
        "@id": "articles",
        "name": "articles",
        "description": "One record per article that stays.",
        "key": {"@id": "articles/id"},
        "field": FIELDS.map(field),
    })
}

/// What was done: tool, rules, models and configuration.
fn activity(manifest: &Manifest) -> Value {
    let models = manifest.models.iter().map(|(name, hash)| {
        json!({"@type": "prov:Entity", "@id": format!("urn:sha256:{hash}"), "prov:label": format!("model {name}")})
    });
    let rules = json!({
        "@type": "prov:Entity", "@id": format!("urn:sha256:{}", manifest.pack), "prov:label": "rule pack",
    });
    let settings = serde_json::to_string(&manifest.config).unwrap_or_default();
    json!({
        "@type": "prov:Activity",
        "prov:label": "cleaning and deduplication",
        "prov:value": settings,
        "prov:used": std::iter::once(rules).chain(models).collect::<Vec<_>>(),
        "prov:wasAssociatedWith": {"@type": "prov:SoftwareAgent", "prov:label": manifest.tool},
    })
}

fn inputs(manifest: &Manifest) -> Vec<Value> {
    let entity = |(name, content): (&str, Option<&Content>)| {
        let mut entity = json!({"@type": "prov:Entity", "prov:label": name});
        if let Some(content) = content {
            entity["@id"] = format!("urn:sha256:{}", content.sha256).into();
        }
        entity
    };
    let inputs = &manifest.inputs;
    let mut entities: Vec<Value> = inputs
        .iter()
        .take(NAMED_INPUTS)
        .map(|input| entity((&input.name, input.content.as_ref())))
        .collect();
    if inputs.len() > NAMED_INPUTS {
        let more = inputs.len() - NAMED_INPUTS;
        let label = format!("{more} more inputs, listed in manifest.json");
        entities.push(json!({"@type": "prov:Entity", "prov:label": label}));
    }
    entities
}

/// One hash for all outputs: the data set's name that changes with its content.
fn content_digest(manifest: &Manifest) -> String {
    let lines: Vec<String> = manifest
        .outputs
        .iter()
        .map(|file| format!("{}  {}\n", file.sha256, file.path))
        .collect();
    crate::provenance::sha256(lines.concat().as_bytes())
}
