//! From the command line to the proof of one entry.

use anyhow::ensure;
use sealscope_testkit::sample::Story;
use serde_json::json;

use crate::harness::with_window;
use crate::sample;

/// Who got at secrets from outside, and was let in?
const QUESTION: &str = "sourceIPs:203.0.113.66 AND NOT responseStatus.code:403";

#[tokio::test(flavor = "multi_thread")]
async fn an_archive_is_opened_asked_and_one_of_its_entries_proven() -> anyhow::Result<()> {
    let sample = sample::small()?;
    let exec = sample.planted(Story::Exec)?;
    with_window("investigating", sample.opened(), async |window| {
        window.is_ready().await?;
        ensure!(window.title().await?.to_lowercase().contains("broken"));
        window.picture("workspace").await?;

        window.search(QUESTION).await?;
        window.says("hit-count", "5 hits").await?;
        window
            .wait_until(
                "the five hits are painted and no other row is",
                "const rows = [...document.querySelectorAll('.row[data-ordinal]')]
                   .filter((row) => row.dataset.ordinal !== '' && row.offsetParent !== null);
                 return rows.length === 5 && rows.every((row) => row.ariaBusy !== 'true'
                   && row.querySelector('.seal .word') !== null)",
            )
            .await?;
        let rows = window.rows().await?;
        ensure!(
            rows.iter().all(|row| row.contains("203.0.113.66")),
            "{rows:#?}"
        );
        let shell = rows.iter().position(|row| row.contains("pods/exec"));
        let shell = shell.unwrap_or(usize::MAX);

        let click = "const row = document.querySelector(`.row[data-ordinal=\"${arguments[0]}\"]`);
            row.querySelector('.cell.c0').dispatchEvent(
              new PointerEvent('pointerdown', { bubbles: true, button: 0 }));
            row.querySelector('.cell.c0').click(); return true";
        window.run(click, vec![json!(shell)]).await?;
        window.says("inspector", "pods/exec").await?;
        window.says("inspector", "203.0.113.66").await?;
        window.says("entry-verdict", "match").await?;
        window.picture("inspector-fields").await?;

        window.click("tab-raw").await?;
        window.says("inspector", "\"auditID\"").await?;
        window.picture("inspector-raw").await?;
        window.click("raw-hex").await?;
        window.says("hex", "7b").await?;
        window.picture("inspector-hex").await?;

        window.click("tab-proof").await?;
        window.says("proof", "Inclusion path").await?;
        window.picture("inspector-proof").await?;
        let told = window.text("inspector").await?;
        ensure!(exec.count == 2, "the story has changed: {exec:?}");
        ensure!(!told.contains("does not"), "{told}");
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_query_with_a_slip_says_where_and_keeps_the_hits_of_the_one_before() -> anyhow::Result<()>
{
    with_window("query-slip", sample::small()?.opened(), async |window| {
        window.is_ready().await?;
        let before = window.text("hit-count").await?;
        window.search("verb:get AND (").await?;
        window.find("refused").await?;
        window.says("query-problem", "Error").await?;
        ensure!(window.text("hit-count").await? == before);
        window.search("vreb:get").await?;
        window.says("query-problem", "vreb").await?;
        window.find("no-hits").await?;
        window.picture("no-hits").await?;
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_on_the_way_to_a_proof_can_be_done_by_keyboard() -> anyhow::Result<()> {
    const CONTROL: char = '\u{e009}';
    const F8: char = '\u{e038}';
    const ENTER: char = '\u{e007}';
    with_window("keyboard", sample::small()?.opened(), async |window| {
        window.is_ready().await?;
        window.chord(&[], F8).await?;
        window.says("toast", "does not match its seal").await?;
        window.says("entry-verdict", "does not match").await?;
        window.chord(&[], ENTER).await?;
        window
            .wait_until(
                "the inspector has the focus",
                "return document.activeElement?.id === 'entry-panel'",
            )
            .await?;
        window.chord(&[CONTROL], '2').await?;
        window.find("verification").await?;
        window.chord(&[CONTROL], '1').await?;
        window.find("workspace").await?;
        window.chord(&[CONTROL], 'g').await?;
        window.find("goto").await?;
        window.type_text("#100").await?;
        window.chord(&[], ENTER).await?;
        window.says("inspector", "Entry 100").await?;
        Ok(())
    })
    .await
}
