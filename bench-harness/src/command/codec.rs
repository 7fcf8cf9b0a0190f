//! `codec`: figures of codecs without sockets, into a run's folder.

use std::{env, path::Path};

use ::report::CODEC_FILE;
use anyhow::{Context as _, Result, bail};
use record::{CODEC_VERSION, CodecHeader, CodecLine};

use super::{
    Setup, header,
    processors::Processors,
    report::{files_in_words, short},
};
use crate::{
    clock::{Clock as _, RealClock, utc_text},
    codec::{self, Figures},
    exit::Exit,
    output::{self, replace},
    terminal::print,
};

/// Takes what `cargo bench -p codec-bench` left into the folder of a run, and
/// renders it.
pub(super) fn codec(setup: &Setup, dir: Option<&Path>) -> Result<Exit> {
    let workspace = &setup.workspace;
    let folder = match dir {
        Some(dir) => output::of_run(dir)?,
        None => output::newest(&workspace.root.join("results"))?,
    };
    // A folder without a run is named before anything is written there.
    output::render(&folder)?;
    let criterion = env::var_os("CRITERION_HOME")
        .map_or_else(|| workspace.target.join("criterion"), Into::into);
    let figures = codec::read(
        &criterion,
        &workspace.target.join("codec-bench/instructions.ndjson"),
    )?;
    if figures.times.is_empty() && figures.counts.is_empty() {
        let left_out: String = left_out(&figures);
        bail!(
            "{} holds no figures of codecs; run `cargo bench -p codec-bench` first\n{left_out}",
            criterion.display()
        );
    }
    let path = folder.join(CODEC_FILE);
    replace(&path, &text(setup, &figures)?)
        .with_context(|| format!("{} can't be written", path.display()))?;
    let refreshed = output::refresh(&folder)?;
    print(&format!(
        "Codec cost alone, without sockets: {} times and {} counts of {} libraries are in {}.\n{}{}",
        figures.times.len(),
        figures.counts.len(),
        figures.libraries.len(),
        short(&path),
        left_out(&figures),
        files_in_words(&folder, &refreshed)
    ))?;
    Ok(Exit::Ok)
}

fn left_out(figures: &Figures) -> String {
    let lines = figures.left_out.iter();
    lines.map(|it| format!("left out: {it}\n")).collect()
}

/// The file's text: a header, then a line per figure.
fn text(setup: &Setup, figures: &Figures) -> Result<String> {
    let collected_at_unix_ns = RealClock.realtime_ns();
    let head = CodecHeader {
        codec_version: CODEC_VERSION,
        collected_at_unix_ns,
        collected_at: utc_text(collected_at_unix_ns),
        host: header::host(&Processors::default()),
        toolchain: crate::build::toolchain(&setup.cargo, &setup.go, &setup.workspace.root, &[]),
        libraries: figures.libraries.clone(),
    };
    let times = figures.times.iter().cloned().map(CodecLine::Time);
    let counts = figures.counts.iter().cloned().map(CodecLine::Instructions);
    let mut text = String::new();
    for line in std::iter::once(CodecLine::Header(Box::new(head)))
        .chain(times)
        .chain(counts)
    {
        text.push_str(&serde_json::to_string(&line)?);
        text.push('\n');
    }
    Ok(text)
}
