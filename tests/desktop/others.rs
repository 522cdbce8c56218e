//! What an entry's seal is worth in the formats of others, what is known from outside, and the
//! profile of a chain.

use anyhow::ensure;

use crate::harness::{Start, Window, with_window};
use crate::sample::shared_files;

const NO_DIALOG: &str = "return document.querySelector('dialog[open]') === null";

/// Opens the proof of the entry that the first break is about.
async fn prove_the_broken_entry(window: &Window) -> anyhow::Result<()> {
    window.is_ready().await?;
    window.turn_to("verification").await?;
    window.find("break-title").await?;
    window.click("show-in-table").await?;
    window.find("workspace").await?;
    window.click("tab-proof").await?;
    window.find("proof").await?;
    Ok(())
}

/// With these keys, as if typed after the program's name.
fn with_key(file: &std::path::Path, key: &str) -> Start {
    Start::on([file.as_os_str(), "--key".as_ref(), key.as_ref()])
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_file_is_shown_with_the_digest_that_lists_it() -> anyhow::Result<()> {
    const CASE: [&str; 2] = [
        "cloudtrail-digests/02-log-modified/bucket",
        "cloudtrail-digests/02-log-modified/public-keys.json",
    ];
    let Some(files) = shared_files(&CASE) else {
        return Ok(());
    };
    let start = with_key(&files[0], &files[1].to_string_lossy());
    with_window("others-cloudtrail", start, async |window| {
        prove_the_broken_entry(window).await?;
        window.says("proof", "Log file").await?;
        window
            .says("proof", "does not have the SHA-256 that the digest lists")
            .await?;
        window
            .says("proof", "A key that you gave made its signature")
            .await?;
        window.says("proof", "Listed by the digest").await?;
        window
            .says("proof-worth", "does not tell who changed it")
            .await?;
        window.picture("proof-cloudtrail").await?;
        window.fits().await
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_journal_entry_is_shown_in_the_interval_of_its_seal() -> anyhow::Result<()> {
    const KEY: &str = "54c134-461b43-041cbd-cbc8a0/6516c-d693a400";
    let Some(files) = shared_files(&["journals/10-data-byte-flipped.journal.zst"]) else {
        return Ok(());
    };
    let start = with_key(&files[0], KEY);
    with_window("others-journal", start, async |window| {
        prove_the_broken_entry(window).await?;
        window.says("proof", "Seal interval").await?;
        window
            .says("proof", "which one, the seal does not tell")
            .await?;
        window.says("proof", "its key was in use from").await?;
        window.says("proof-worth", "A crash or a bad disk").await?;
        window.picture("proof-journal").await?;
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_of_a_chain_is_shown_between_its_neighbours() -> anyhow::Result<()> {
    let Some(files) = shared_files(&["hash-chains/haller17-hashchain/edited.log"]) else {
        return Ok(());
    };
    with_window("others-chain", Start::on(files), async |window| {
        prove_the_broken_entry(window).await?;
        window.says("proof", "give another digest").await?;
        window.says("proof", "Link to the line before").await?;
        window.says("proof", "Nearest anchored head").await?;
        window.says("proof-worth", "whether on purpose").await?;
        window.picture("proof-chain").await?;
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_timestamp_counts_once_its_root_is_given() -> anyhow::Result<()> {
    const FILES: [&str; 3] = [
        "rfc3161/local-tsa/archive.log",
        "rfc3161/local-tsa/valid.tsr",
        "rfc3161/local-tsa/root.pem",
    ];
    let Some(files) = shared_files(&FILES) else {
        return Ok(());
    };
    let start = Start {
        pick: files[1..].to_vec(),
        ..Start::on([&files[0]])
    };
    with_window("others-outside", start, async |window| {
        window.is_ready().await?;
        window.turn_to("verification").await?;
        window.click("open-given").await?;
        window.click("give-anchor-file").await?;
        window.says("given-anchor-list", "timestamp token").await?;
        window.click("use-given").await?;
        window.says("outside", "From outside").await?;
        window.says("outside", "not trusted").await?;
        window.click("open-given").await?;
        window.click("give-authority-file").await?;
        window.says("given-authority-list", "SHA-256").await?;
        window.picture("given-authority").await?;
        window.click("use-given").await?;
        window.wait_until("the dialog is closed", NO_DIALOG).await?;
        window
            .wait_until(
                "the timestamp is trusted",
                "const said = document.querySelector('[data-testid=outside]')?.textContent ?? '';
                 return said.includes('trusted') && !said.includes('not trusted')",
            )
            .await?;
        window.says("verdict-title", "Intact").await?;
        window.picture("outside").await?;
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_profile_is_shown_edited_and_counts_when_it_is_given() -> anyhow::Result<()> {
    let Some(files) = shared_files(&["hash-chains/haller17-hashchain/intact.log"]) else {
        return Ok(());
    };
    with_window("others-profile", Start::on(files), async |window| {
        window.is_ready().await?;
        window.turn_to("verification").await?;
        window
            .says("profile", "The digests were checked by")
            .await?;
        window.picture("profile").await?;
        window.click("edit-profile").await?;
        let script = "return document.querySelector('[data-testid=profile-input]')?.value";
        window
            .wait_until("the profile is there to be edited", script)
            .await?;
        window.click("profile-input").await?;
        window.chord(&['\u{e009}'], '\u{e010}').await?;
        window.type_text("nonsense = ").await?;
        window.click("use-profile").await?;
        window.says("error-note", "no chain profile").await?;
        window.picture("profile-editor").await?;
        // Taken back to what was found, with a comment that makes it the examiner's own.
        let text = "const box = document.querySelector('[data-testid=profile-input]');
             const own = document.querySelector('[data-testid=profile-text]').textContent;
             box.value = '# as told by the maker\\n' + own;
             box.dispatchEvent(new Event('input', { bubbles: true })); return box.value";
        let text = window.run(text, Vec::new()).await?;
        ensure!(text.as_str().is_some_and(|text| text.len() > 60), "{text}");
        window.click("use-profile").await?;
        window.wait_until("the dialog is closed", NO_DIALOG).await?;
        window.says("profile", "the profile you gave").await?;
        window.picture("profile-given").await?;
        Ok(())
    })
    .await
}
