//! The finding on one archive, for a person: verdict and sentence first, then what they rest on.

use sealscope_engine::model::{Aspect, Break, BreakKind, End, Verdict};
use sealscope_engine::{OpenArchive, SignerSummary, Summary, VerifierKey, explain, outside_facts};

use crate::failure::Failure;
use crate::output::Output;
use crate::quoting::{shell_path, shell_word};
use crate::text::{counted, escaped, grouped, sentence, wrapped};

/// Breaks, damage and observations that are printed; the rest is counted.
const SHOWN_MAX: usize = 20;
/// Characters of a line of prose: what the eye follows.
const SENTENCE_CHARACTERS: usize = 92;

/// Prints the finding.
pub fn tell(
    archive: &OpenArchive,
    summary: &Summary,
    notes: &[String],
    is_finished: bool,
    output: &mut Output,
) -> Result<(), Failure> {
    let path = escaped(&archive.path().to_string_lossy());
    let verdict = output.verdict(Some(summary.verdict));
    let part = if is_finished {
        ""
    } else {
        " so far, checked in part"
    };
    output.line(&format!("{path}: {verdict}{part}"))?;
    for line in wrapped(&escaped(&summary.says), SENTENCE_CHARACTERS) {
        output.line(&format!("  {line}"))?;
    }
    output.line("")?;
    tell_facts(archive, summary, output)?;
    tell_aspects(summary, output)?;
    tell_breaks(&summary.breaks, output)?;
    let damage = summary.damage.iter().map(|damage| {
        format!(
            "byte {}: {}",
            grouped(damage.offset_bytes),
            sentence(&escaped(&damage.reason))
        )
    });
    tell_list("damage", damage, summary.damage.len(), output)?;
    let observations = summary.observations.iter().map(|seen| {
        let place = seen
            .position
            .map(|at| format!("#{at} "))
            .unwrap_or_default();
        format!("{place}{}", escaped(&seen.says))
    });
    tell_list(
        "observation",
        observations,
        summary.observations.len(),
        output,
    )?;
    for note in summary.notes.iter().chain(notes) {
        tell_note(note, output)?;
    }
    if archive.has_changed() {
        output.line("  note      The file has changed since it was opened: check it again.")?;
    }
    // What to do follows from the whole.
    if is_finished {
        tell_next_step(archive, summary, output)
    } else {
        Ok(())
    }
}

fn tell_facts(
    archive: &OpenArchive,
    summary: &Summary,
    output: &mut Output,
) -> Result<(), Failure> {
    let mut strength = vec![
        summary
            .strength
            .base
            .map_or("none", |base| base.word())
            .to_owned(),
    ];
    strength.extend(
        summary
            .strength
            .additions()
            .iter()
            .map(|&word| word.to_owned()),
    );
    if summary.checkpoints > 0 {
        let held = grouped(summary.checkpoints_held);
        let noun = seal_noun(archive.format(), summary.checkpoints);
        let verb = if summary.checkpoints == 1 {
            "holds"
        } else {
            "hold"
        };
        let all = format!("{} {noun} {verb}", grouped(summary.checkpoints));
        strength.push(format!("{held} of {all} under a trusted key"));
    }
    output.line(&format!("  seals     {}", strength.join(", ")))?;
    if let Some(origin) = &summary.origin {
        output.line(&format!("  log       {}", escaped(origin)))?;
    }
    for signer in &summary.signers {
        output.line(&format!(
            "  signer    {}",
            signer_words(signer, archive.format())
        ))?;
    }
    for fact in outside_facts(&summary.outside) {
        let (word, line) = (fact.kind.word(), escaped(&fact.line));
        output.line(&format!("  {word:<9} {line}"))?;
    }
    output.line(&format!(
        "  ends      head {}; tail {}",
        end_words(&summary.head),
        end_words(&summary.tail)
    ))?;
    output.line(&format!("  entries   {}", entries_words(summary)))?;
    if let Some(sha256) = archive.sha256() {
        output.line(&format!("  SHA-256   {sha256}"))?;
    }
    Ok(())
}

/// A remark; one of several lines, such as a chain profile, is printed as it is laid out.
fn tell_note(note: &str, output: &mut Output) -> Result<(), Failure> {
    for (number, line) in note.lines().enumerate() {
        let label = if number == 0 { "note" } else { "" };
        output.line(format!("  {label:<9} {}", escaped(line)).trim_end())?;
    }
    Ok(())
}

/// What the seals of a format are called.
fn seal_noun(format: &str, count: u64) -> &'static str {
    let (one, many) = match format {
        "cloudtrail" => ("digest", "digests"),
        "journal" => ("seal", "seals"),
        "chained-jsonl" => ("entry", "entries"),
        _ => ("checkpoint", "checkpoints"),
    };
    if count == 1 { one } else { many }
}

fn signer_words(signer: &SignerSummary, format: &str) -> String {
    let trust = if signer.is_trusted {
        "trusted"
    } else {
        "not trusted"
    };
    let seals = seal_noun(format, signer.checkpoints);
    let count = grouped(signer.checkpoints);
    let id = match signer.key_id.as_str() {
        "" => String::new(),
        id => format!(" ({})", escaped(id)),
    };
    format!("{}{id}, {trust}, {count} {seals}", escaped(&signer.name))
}

fn end_words(end: &End) -> String {
    match end {
        End::Open => "open".to_owned(),
        End::Anchored { by } => format!("anchored by {by}"),
    }
}

fn entries_words(summary: &Summary) -> String {
    let counts = &summary.entries;
    let mut parts: Vec<String> = Verdict::ALL
        .into_iter()
        .map(|verdict| (counts.of(verdict), verdict.word()))
        .chain([(counts.unchecked, "unchecked")])
        .filter(|(count, _)| *count > 0)
        .map(|(count, word)| format!("{} {word}", grouped(count)))
        .collect();
    if counts.control > 0 {
        parts.push(format!("{} control beside", grouped(counts.control)));
    }
    let total = grouped(counts.total);
    if parts.is_empty() {
        total
    } else {
        format!("{total}: {}", parts.join(", "))
    }
}

fn tell_aspects(summary: &Summary, output: &mut Output) -> Result<(), Failure> {
    let aspects = &summary.aspects;
    let named: [(&str, &Aspect); 6] = [
        ("content", &aspects.content),
        ("order", &aspects.order),
        ("seal", &aspects.seal),
        ("signer", &aspects.signer),
        ("time", &aspects.time),
        ("completeness", &aspects.completeness),
    ];
    let words: Vec<String> = named
        .iter()
        .map(|(name, aspect)| format!("{name} {}", aspect.state.word()))
        .collect();
    output.line(&format!("  aspects   {}", words.join(", ")))?;
    Ok(())
}

fn tell_breaks(breaks: &[Break], output: &mut Output) -> Result<(), Failure> {
    if breaks.is_empty() {
        return Ok(());
    }
    output.line("")?;
    output.line(&format!(
        "  {}",
        counted(breaks.len() as u64, "break", "breaks")
    ))?;
    for found in breaks.iter().take(SHOWN_MAX) {
        let place = place_words(found);
        let says = escaped(&found.says);
        output.line(&format!("    {place:<16} {:<13} {says}", found.kind.word()))?;
        // Where an entry only stands elsewhere, both are the same.
        if let (Some(claimed), Some(computed)) = (found.claimed, found.computed)
            && claimed.get() != computed.get()
        {
            let (claimed, computed) = (claimed.get().to_short_hex(), computed.get().to_short_hex());
            output.line(&format!("{:20} claimed {claimed}, computed {computed}", ""))?;
        }
    }
    tell_rest(breaks.len(), output)
}

fn place_words(found: &Break) -> String {
    let at = found.position;
    match (found.kind, found.count) {
        (BreakKind::Inserted, _) => found.found.map_or_else(
            || format!("before #{at}"),
            |stored| format!("stored #{stored}"),
        ),
        (_, 0) => format!("at #{at}"),
        (_, 1) => format!("#{at}"),
        (_, count) => format!("#{at}..{}", at.saturating_add(count)),
    }
}

fn tell_list(
    name: &str,
    lines: impl Iterator<Item = String>,
    count: usize,
    output: &mut Output,
) -> Result<(), Failure> {
    if count == 0 {
        return Ok(());
    }
    let plural = if name == "damage" {
        name.to_owned()
    } else {
        format!("{name}s")
    };
    output.line("")?;
    output.line(&format!("  {}", counted(count as u64, name, &plural)))?;
    for line in lines.take(SHOWN_MAX) {
        output.line(&format!("    {line}"))?;
    }
    tell_rest(count, output)
}

fn tell_rest(count: usize, output: &mut Output) -> Result<(), Failure> {
    if count > SHOWN_MAX {
        let rest = grouped((count - SHOWN_MAX) as u64);
        output.line(&format!("    … {rest} more, see --json."))?;
    }
    Ok(())
}

fn tell_next_step(
    archive: &OpenArchive,
    summary: &Summary,
    output: &mut Output,
) -> Result<(), Failure> {
    let path = shell_path(archive.path());
    if let Some(words) = explain::explain_verdict(summary, archive.format())
        && archive.format() != "sealog"
        && archive.format() != "lines"
    {
        return tell_what_is_missing(&words, output);
    }
    let stranger = summary.signers.iter().find(|signer| !signer.is_trusted);
    match summary.verdict {
        Verdict::Broken => {
            output.line("")?;
            output
                .line("  Next: look at the entries, and compare with another copy of the log.")?;
            output.line(&format!("    sealscope search {path} -q seal:broken"))?;
        }
        Verdict::Unproven => {
            if let Some(stranger) = stranger {
                tell_how_to_trust(stranger, summary.origin.as_deref(), output)?;
            }
        }
        Verdict::Unsealed if summary.strength.base.is_none() => {
            output.line("")?;
            output.line("  Next: seal a copy, so that changes from now on show.")?;
            output.line(&format!(
                "    sealscope seal {path} -o OUT.sealog --origin NAME --key FILE"
            ))?;
        }
        Verdict::Intact | Verdict::Consistent | Verdict::Unsealed => {}
    }
    Ok(())
}

/// What would prove more of an archive that others sealed.
fn tell_what_is_missing(words: &explain::VerdictWords, output: &mut Output) -> Result<(), Failure> {
    output.line("")?;
    let next = format!("Next: {}", words.words.next_step);
    for line in wrapped(&next, SENTENCE_CHARACTERS) {
        output.line(&format!("  {line}"))?;
    }
    for line in words.recipe.unwrap_or_default().trim().lines() {
        output.line(format!("    {line}").trim_end())?;
    }
    Ok(())
}

/// How a person pins the key that the archive claims, once its owner has confirmed it.
fn tell_how_to_trust(
    signer: &SignerSummary,
    origin: Option<&str>,
    output: &mut Output,
) -> Result<(), Failure> {
    let claimed = signer.claimed_vkey.as_deref();
    let key = claimed.and_then(|vkey| VerifierKey::parse(vkey).ok());
    output.line("")?;
    let (Some(vkey), Some(key)) = (claimed.and_then(shell_word), key) else {
        output.line(
            "  Next: get the signer's .vkey file, and compare its fingerprint with the owner.",
        )?;
        output.line("    sealscope trust add FILE.vkey")?;
        return Ok(());
    };
    // Matched against the origin without the uuid of the log.
    let name = origin
        .and_then(|origin| origin.rsplit_once('/'))
        .map(|(name, _)| name);
    let pattern = name
        .and_then(shell_word)
        .unwrap_or_else(|| "PATTERN".to_owned());
    let (id, fingerprint) = (key.id_hex(), key.fingerprint());
    output.line(
        "  Next: ask the key's owner, by another way than the archive came, whether this is",
    )?;
    output.line("  the fingerprint of their key. If it is, trust the key and check again.")?;
    output.line(&format!("    fingerprint {fingerprint}"))?;
    output.line(&format!("    printf '%s\\n' {vkey} > {id}.vkey"))?;
    output.line(&format!(
        "    sealscope trust add {id}.vkey --origin {pattern}"
    ))?;
    Ok(())
}
