//! `sample-case FOLDER SEALSCOPE [--entries N]`: makes the sample case and says what is in it.

use std::path::PathBuf;

use anyhow::{Context, bail};
use sealscope_testkit::sample::{Case, Edit, LogSettings, Story, make_case};

fn main() -> anyhow::Result<()> {
    let mut settings = LogSettings::default();
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (folder, program) = match arguments.as_slice() {
        [folder, program] => (folder, program),
        [folder, program, flag, count] if flag == "--entries" => {
            settings.entries = count.parse().context("--entries takes a number")?;
            (folder, program)
        }
        _ => bail!("usage: sample-case FOLDER SEALSCOPE [--entries N]"),
    };
    let case = make_case(&PathBuf::from(folder), &PathBuf::from(program), settings)?;
    print!("{}", told(&case, settings));
    Ok(())
}

fn told(case: &Case, settings: LogSettings) -> String {
    let mut text = format!(
        "The sample case: {} Kubernetes audit entries of three days.\n  \
         archive  {}\n  key      {}\n",
        settings.entries,
        case.changed.display(),
        case.key.display()
    );
    text.push_str("In the log:\n");
    for planted in &case.planted {
        let what = match planted.story {
            Story::DeniedSecrets => "secrets asked for from 203.0.113.66 and denied",
            Story::SecretRead => "then one opens",
            Story::Exec => "a shell in a pod",
            Story::RoleBinding => "the account binds itself to cluster-admin",
            Story::Plunder => "secrets read as administrator",
            Story::CoverUp => "the binding is deleted",
            Story::Quiet => "three quarters of an hour without entries",
            Story::ClockBack => "the clock goes back by 192 s",
        };
        text.push_str(&format!(
            "  line {:>6}  {what} ({})\n",
            planted.line + 1,
            planted.count
        ));
    }
    text.push_str("Done to the archive after it was sealed:\n");
    for edit in &case.edits {
        let what = match edit {
            Edit::Modify { position, .. } => format!("entry {position} changed"),
            Edit::Remove { position, count } => format!("{count} entries from {position} removed"),
            Edit::Move { position, before } => format!("entry {position} put before {before}"),
        };
        text.push_str(&format!("  {what}\n"));
    }
    text
}
