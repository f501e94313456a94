//! Columns of tables: articles typed, provenance by its keys and whole as JSON.

use std::sync::Arc;

use arrow_schema::{DataType, Field, Fields, Schema, SchemaRef};

use super::RowKind;

/// The columns for rows of a kind.
pub(super) fn schema(rows: RowKind) -> SchemaRef {
    Arc::new(Schema::new(match rows {
        RowKind::Articles => articles(),
        _ => provenance(),
    }))
}

fn text(name: &str) -> Field {
    Field::new(name, DataType::Utf8, true)
}

fn required(name: &str) -> Field {
    Field::new(name, DataType::Utf8, false)
}

fn list(name: &str, item: DataType) -> Field {
    let item = Field::new("item", item, true);
    Field::new(name, DataType::List(Arc::new(item)), true)
}

/// The fields of [`crate::Article`].
fn articles() -> Vec<Field> {
    let repeated = DataType::Struct(Fields::from(vec![
        list("span", DataType::UInt64),
        Field::new("documents", DataType::UInt32, true),
        text("first"),
    ]));
    let caption = DataType::Struct(Fields::from(vec![text("text"), text("credit")]));
    let metadata = vec![
        text("title"),
        text("standfirst"),
        list("authors", DataType::Utf8),
        text("publisher"),
        text("agency"),
        text("date"),
        text("modified"),
        text("language"),
        Field::new("reading_time", DataType::UInt32, true),
        list("captions", caption),
        list("tags", DataType::Utf8),
        text("section"),
        text("canonical"),
        text("site_name"),
        text("image"),
        text("license"),
        list("comments", DataType::Utf8),
        list("links", DataType::Utf8),
        list("pictures", DataType::Utf8),
        Field::new("truncated", DataType::Boolean, true),
    ];
    vec![
        required("id"),
        required("text"),
        required("source"),
        Field::new("metadata", DataType::Struct(Fields::from(metadata)), false),
        list("also_published_by", DataType::Utf8),
        list("repeated", repeated),
    ]
}

/// What one looks for in a provenance record, and the record itself.
fn provenance() -> Vec<Field> {
    vec![
        required("id"),
        text("path"),
        text("record"),
        text("url"),
        required("sha256"),
        required("language"),
        text("duplicate_of"),
        required("provenance"),
    ]
}
