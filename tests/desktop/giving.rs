//! Archives that others sealed: what is missing for a proof is said, given and used.

use anyhow::ensure;

use crate::harness::{Start, Window, with_window};
use crate::sample::shared_files;

const VERDICT: &str = "return document.querySelector('[data-testid=status-verdict]').dataset.word";
const NO_DIALOG: &str = "return document.querySelector('dialog[open]') === null";

async fn verdict_becomes(window: &Window, wanted: &str) -> anyhow::Result<()> {
    let is_so = format!(
        "return document.querySelector('[data-testid=status-verdict]')?.dataset.word === '{wanted}'"
    );
    window
        .wait_until(&format!("the verdict is {wanted}"), &is_so)
        .await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_key_is_refused_and_what_is_given_can_be_taken_away() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let log = folder.path().join("plain.log");
    std::fs::write(&log, "one\ntwo\n")?;
    let anchor = folder.path().join("head.txt");
    std::fs::write(&anchor, format!("2 {}\n", "ab".repeat(32)))?;
    let start = Start {
        pick: vec![anchor],
        ..Start::on([log])
    };
    with_window("giving", start, async |window| {
        window.is_ready().await?;
        window.turn_to("verification").await?;
        window.says("verdict-card", "What it does not tell").await?;
        window.click("open-given").await?;
        window.click("paste-key").await?;
        window.type_text("-----BEGIN PRIVATE KEY-----").await?;
        window.click("give-key-text").await?;
        window.says("error-note", "private key").await?;
        window.click("give-anchor-file").await?;
        window.says("given-anchor-list", "head.txt").await?;
        window
            .says("given-anchor-list", "head after 2 entries")
            .await?;
        window.picture("given-dialog").await?;
        window.click("use-given").await?;
        window.wait_until("the dialog is closed", NO_DIALOG).await?;
        window.says("notes", "was given for this run only").await?;
        window.click("open-given").await?;
        window.click("forget-given").await?;
        window.click("use-given").await?;
        window
            .wait_until(
                "the note is gone",
                "const said = document.querySelector('[data-testid=notes]')?.textContent ?? '';
                 return document.querySelector('[data-testid=verification]') !== null
                   && !said.includes('head.txt')",
            )
            .await?;
        let after = window.run(VERDICT, Vec::new()).await?;
        ensure!(after == "unsealed", "nothing seals it: {after}");
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_cloudtrail_log_is_found_once_the_public_keys_are_given() -> anyhow::Result<()> {
    const CASE: [&str; 2] = [
        "cloudtrail-digests/02-log-modified/bucket",
        "cloudtrail-digests/02-log-modified/public-keys.json",
    ];
    let Some(files) = shared_files(&CASE) else {
        return Ok(());
    };
    let start = Start {
        pick: files,
        ..Start::default()
    };
    with_window("cloudtrail", start, async |window| {
        window.click("open-folder").await?;
        window.is_ready().await?;
        window.turn_to("verification").await?;
        window.click("open-given").await?;
        window.click("give-key-file").await?;
        window
            .says("given-key-list", "CloudTrail public keys")
            .await?;
        window.click("use-given").await?;
        window.says("notes", "public-keys.json").await?;
        verdict_becomes(window, "broken").await?;
        window
            .says("break-title", "Log file is not as it was delivered")
            .await?;
        window.says("break-file", ".json.gz").await?;
        window.says("chain", "igest").await?;
        window.find("chain-under").await?;
        window.says("checks", "Digest signatures").await?;
        window.picture("cloudtrail-broken").await?;
        window.fits().await?;
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sealed_journal_is_unproven_until_its_key_is_pasted() -> anyhow::Result<()> {
    let Some(files) = shared_files(&["journals/01-sealed-intact.journal.zst"]) else {
        return Ok(());
    };
    with_window("journal", Start::on(files), async |window| {
        window.is_ready().await?;
        verdict_becomes(window, "unproven").await?;
        window.turn_to("verification").await?;
        window.says("verdict-card", "--setup-keys").await?;
        window.picture("journal-unproven").await?;
        window.click("card-given").await?;
        window.click("paste-key").await?;
        window
            .type_text("54c134-461b43-041cbd-cbc8a0/6516c-d693a400")
            .await?;
        window.click("give-key-text").await?;
        window
            .says("given-key-list", "journal verification key")
            .await?;
        window.click("use-given").await?;
        verdict_becomes(window, "intact").await?;
        window.says("checks", "Tags (seals)").await?;
        window.says("checks", "Entries under seals").await?;
        window.picture("journal-intact").await?;
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edited_line_of_a_chain_is_explained_without_blame() -> anyhow::Result<()> {
    let Some(files) = shared_files(&["hash-chains/haller17-hashchain/edited.log"]) else {
        return Ok(());
    };
    with_window("chained", Start::on(files), async |window| {
        window.is_ready().await?;
        verdict_becomes(window, "broken").await?;
        window.turn_to("verification").await?;
        window.says("break-card", "without a key").await?;
        window.says("checks", "Digest of each line").await?;
        window.says("checks", "Link to the line before").await?;
        window.picture("chained-broken").await?;
        Ok(())
    })
    .await
}
