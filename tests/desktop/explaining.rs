//! The verification screen names each break and says what it means.

use anyhow::ensure;

use crate::harness::with_window;
use crate::sample;

#[tokio::test(flavor = "multi_thread")]
async fn each_planted_break_is_explained_with_the_chain_around_it() -> anyhow::Result<()> {
    with_window("explaining", sample::small()?.opened(), async |window| {
        window.is_ready().await?;
        window.turn_to("verification").await?;
        window.says("verdict-title", "Broken at entry").await?;
        window.says("break-number", "1 of 3 problems").await?;
        window
            .says("break-sentence", "does not match its seal")
            .await?;
        window.says("break-card", "What this can mean").await?;
        window.says("break-card", "What it does not tell").await?;
        window.says("chain", "broken here").await?;
        window.says("checks", "trusted signature").await?;
        window.says("ledger", "3,988").await?;
        window.picture("verification").await?;

        let next = "document.querySelector('[aria-label=\"Next problem\"]').click(); return 1";
        window.run(next, Vec::new()).await?;
        window.says("break-number", "2 of 3").await?;
        window.says("break-sentence", "12 entries").await?;
        window.says("chain", "missing").await?;
        window.picture("verification-removed").await?;

        window.run(next, Vec::new()).await?;
        window.says("break-number", "3 of 3").await?;
        window.says("break-sentence", "where it was sealed").await?;
        window.picture("verification-moved").await?;
        window.click("show-in-table").await?;
        window.find("workspace").await?;
        window.says("inspector", "clusterrolebindings").await?;
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn no_screen_says_more_than_was_seen() -> anyhow::Result<()> {
    with_window("words", sample::small()?.opened(), async |window| {
        window.is_ready().await?;
        window.turn_to("verification").await?;
        window.find("break-title").await?;
        let script = "return document.body.innerText";
        let text = window.run(script, Vec::new()).await?;
        let text = text.as_str().unwrap_or_default().to_lowercase();
        ensure!(text.contains("seal"), "the page is empty: {text}");
        for word in ["tampered", "secure", "guaranteed", "is safe"] {
            ensure!(!text.contains(word), "the page says {word}");
        }
        Ok(())
    })
    .await
}
