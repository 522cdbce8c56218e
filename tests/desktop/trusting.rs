//! A key that nobody vouched for yet, and the comparison that makes it count.

use anyhow::ensure;

use crate::harness::with_window;
use crate::sample;

const VERDICT: &str = "return document.querySelector('[data-testid=status-verdict]').dataset.word";

#[tokio::test(flavor = "multi_thread")]
async fn a_typed_fingerprint_turns_unproven_into_intact() -> anyhow::Result<()> {
    let sample = sample::small()?;
    let fingerprint = sample.fingerprint()?;
    with_window("trusting", sample.with_an_unknown_key(), async |window| {
        window.is_ready().await?;
        let before = window.run(VERDICT, Vec::new()).await?;
        ensure!(before == "unproven", "the key is not known, yet: {before}");
        window.turn_to("verification").await?;
        window.picture("verification-unproven").await?;
        window.click("trust-key").await?;
        window.find("trust-dialog").await?;
        window.click("trust-typed").await?;
        window.type_text(&fingerprint).await?;
        window.says("trust-dialog", "64 of 64 digits").await?;
        window.picture("trust-dialog").await?;
        window.click("trust-confirm").await?;
        let trusted = format!("{VERDICT} === 'intact'");
        window.wait_until("the verdict is intact", &trusted).await?;
        window.says("verdict-title", "Intact").await?;
        window.picture("verification-intact").await?;
        window.turn_to("workspace").await?;
        window
            .wait_until(
                "the rows say intact too",
                "return document.querySelector('.row[data-ordinal=\"0\"] .gutter-intact') !== null",
            )
            .await?;
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn another_fingerprint_is_refused_and_nothing_is_trusted() -> anyhow::Result<()> {
    let sample = sample::small()?;
    let mut wrong = sample.fingerprint()?;
    let last = if wrong.ends_with('0') { "1" } else { "0" };
    wrong.replace_range(wrong.len() - 1.., last);
    with_window("refusing", sample.with_an_unknown_key(), async |window| {
        window.is_ready().await?;
        window.turn_to("verification").await?;
        window.click("trust-key").await?;
        window.click("trust-typed").await?;
        window.type_text(&wrong).await?;
        window.click("trust-confirm").await?;
        window.find("error-note").await?;
        window.picture("trust-refused").await?;
        let after = window.run(VERDICT, Vec::new()).await?;
        ensure!(after == "unproven", "{after}");
        Ok(())
    })
    .await
}
