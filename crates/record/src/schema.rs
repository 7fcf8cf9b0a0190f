//! JSON Schemas of everything that programs exchange, made from the types.

use schemars::{
    JsonSchema, Schema,
    generate::SchemaSettings,
    transform::{RecursiveTransform, Transform as _},
};

use crate::{
    AdmissionReport, BuildsFile, CODEC_VERSION, CONFORMANCE_VERSION, CodecLine, ConformanceReport,
    ContenderLine, FACTS_VERSION, FactsFile, GeneratorLine, PrintedPlan, ProbesFile, RunLine,
    SCHEMA_VERSION, Workload,
};

/// A schema as it stands in its file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SchemaFile {
    /// The file's name, with the version of what it describes.
    pub name: String,
    /// The schema as JSON.
    pub text: String,
}

/// Who has to agree with a schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// Whoever reads: a field with a default may be absent.
    Reader,
    /// Whoever writes: every field is there.
    Writer,
}

impl SchemaFile {
    /// The schema of `T`, for the file `STEM.vVERSION.schema.json`.
    ///
    /// # Errors
    /// When the schema can't be written as JSON, which no type's schema causes.
    pub fn of<T: JsonSchema>(
        stem: &str,
        version: u32,
        title: &str,
        side: Side,
    ) -> Result<Self, serde_json::Error> {
        let settings = match side {
            Side::Reader => SchemaSettings::draft2020_12().for_deserialize(),
            Side::Writer => SchemaSettings::draft2020_12().for_serialize(),
        };
        let mut schema = settings.into_generator().into_root_schema_for::<T>();
        schema.insert(
            "title".to_owned(),
            format!("{title} (version {version})").into(),
        );
        RecursiveTransform(plain_description).transform(&mut schema);
        let mut text = serde_json::to_string_pretty(&schema)?;
        text.push('\n');
        Ok(Self {
            name: format!("{stem}.v{version}.schema.json"),
            text,
        })
    }
}

/// The schemas of what this crate describes, as a reader sees it, but for the
/// plan, which is only printed.
///
/// # Errors
/// When a schema can't be written as JSON, which no type's schema causes.
pub fn schema_files() -> Result<Vec<SchemaFile>, serde_json::Error> {
    let (version, side) = (SCHEMA_VERSION, Side::Reader);
    Ok(vec![
        SchemaFile::of::<RunLine>("run", version, "One line of run.ndjson", side)?,
        SchemaFile::of::<ContenderLine>(
            "contender",
            version,
            "One line that a contender prints; the first is its ready line",
            side,
        )?,
        SchemaFile::of::<Workload>(
            "workload",
            version,
            "What follows the load generator's command `connect`",
            side,
        )?,
        SchemaFile::of::<GeneratorLine>(
            "generator",
            version,
            "One line that the load generator prints in control mode",
            side,
        )?,
        SchemaFile::of::<AdmissionReport>(
            "admission",
            version,
            "The admission test of one server",
            side,
        )?,
        SchemaFile::of::<FactsFile>("facts", FACTS_VERSION, "facts.json", side)?,
        SchemaFile::of::<BuildsFile>("builds", FACTS_VERSION, "builds.json", side)?,
        SchemaFile::of::<ProbesFile>("probes", FACTS_VERSION, "probes.json", side)?,
        SchemaFile::of::<CodecLine>("codec", CODEC_VERSION, "One line of codec.ndjson", side)?,
        SchemaFile::of::<PrintedPlan<'_>>(
            "plan",
            version,
            "What `plan --json` prints",
            Side::Writer,
        )?,
        SchemaFile::of::<ConformanceReport>(
            "conformance",
            CONFORMANCE_VERSION,
            "What one server did in the cases of RFC 6455",
            side,
        )?,
    ])
}

/// Documentation comments are written for rustdoc; a schema has no links.
fn plain_description(schema: &mut Schema) {
    let Some(description) = schema.get("description").and_then(|it| it.as_str()) else {
        return;
    };
    let plain = without_links(description);
    schema.insert("description".to_owned(), plain.into());
}

fn without_links(text: &str) -> String {
    let paragraphs: Vec<String> = text
        .split("\n\n")
        .filter(|paragraph| !(paragraph.starts_with('[') && paragraph.contains("]: ")))
        .map(|paragraph| unlinked(&paragraph.replace('\n', " ")))
        .collect();
    paragraphs.join("\n\n")
}

/// Replaces ``[`X`]`` and ``[`X`](Y)`` by `` `X` ``.
fn unlinked(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, link)) = rest.split_once("[`") {
        let Some((name, after)) = link.split_once("`]") else {
            break;
        };
        plain.push_str(before);
        plain.push('`');
        plain.push_str(name);
        plain.push('`');
        rest = match after.strip_prefix('(').and_then(|it| it.split_once(')')) {
            Some((_, after)) => after,
            None => after,
        };
    }
    plain.push_str(rest);
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_become_names() {
        assert_eq!(
            without_links("Index into [`Plan::cells`], see [`X`](crate::X)\nand [no link]."),
            "Index into `Plan::cells`, see `X` and [no link]."
        );
        assert_eq!(without_links("One.\n\n[`A`]: crate::A"), "One.");
        assert_eq!(without_links("broken [`x"), "broken [`x");
    }
}
