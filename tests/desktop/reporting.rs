//! A report is made in the window and checked there; what is changed in it is found.

use anyhow::{Context, ensure};

use crate::harness::{Start, Window, with_window};
use crate::sample::small;

/// Writes into a field as the keyboard would, all at once.
async fn fill(window: &Window, testid: &str, text: &str) -> anyhow::Result<()> {
    window.click(testid).await?;
    window.chord(&['\u{e009}'], 'a').await?;
    window.type_text(text).await
}

/// Adds the first two hits of the query and the query itself.
async fn add_to_report(window: &Window) -> anyhow::Result<()> {
    window.search("verb:delete").await?;
    window
        .wait_until(
            "the hits show",
            "return document.querySelector('[data-testid=pill]') !== null
               && document.querySelector('.row[data-ordinal=\"1\"] .seal .word') !== null",
        )
        .await?;
    window.click("grid").await?;
    window.chord(&[], '\u{e011}').await?;
    window.chord(&[], 'r').await?;
    window.says("toast", "Added 1 entry to the report.").await?;
    window.chord(&[], '\u{e015}').await?;
    window.says("inspector", "Add to report").await?;
    window.chord(&[], 'r').await?;
    window
        .wait_until(
            "the second one is added too",
            "return document.querySelector('[data-testid=toast]').textContent.includes('Added 1')",
        )
        .await?;
    window.chord(&[], 'r').await?;
    window.says("toast", "Nothing new").await?;
    window.click("keep-query").await?;
    window.says("toast", "Added the search").await?;
    window.picture("report-added").await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_is_made_and_a_changed_byte_in_it_is_found() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let report = folder.path().join("report.html");
    let start = Start {
        pick: vec![report.clone()],
        ..small()?.opened()
    };
    with_window("reporting", start, async |window| {
        window.is_ready().await?;
        add_to_report(window).await?;
        window.turn_to("report").await?;
        window.says("case-kept", "revision 3").await?;
        fill(window, "field-title", "Who deleted what").await?;
        window.says("case-kept", "revision 4").await?;
        window.picture("report-identity").await?;
        window.click("section-exhibits").await?;
        window.says("cited", "E2").await?;
        fill(window, "cited-note", "The first of them").await?;
        window.picture("report-exhibits").await?;
        window.click("section-queries").await?;
        window.find("queries").await?;
        window.picture("report-queries").await?;
        window.fits().await?;

        let form = "const form = document.querySelector('[data-testid=report-form]');
            form.value = 'html';
            form.dispatchEvent(new Event('change', { bubbles: true }))";
        window.run(form, Vec::new()).await?;
        window.click("make-report").await?;
        window.says("made-path", "report.html").await?;
        let page = std::fs::read_to_string(&report).context("the report")?;
        ensure!(page.contains("Who deleted what"), "the title is not in it");
        window.click("check-report").await?;
        window.says("checked", "Nothing was found wrong").await?;
        window.picture("report-made").await?;

        let changed = page.replacen("Who deleted what", "Who deleted whom", 1);
        ensure!(changed != page, "nothing was changed");
        std::fs::write(&report, changed)?;
        window.click("check-report").await?;
        window.says("checked", "does not hold").await?;
        window.picture("report-changed").await?;
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_is_not_written_over_evidence() -> anyhow::Result<()> {
    let archive = small()?.case.changed.clone();
    let before = std::fs::metadata(&archive)?.len();
    let start = Start {
        pick: vec![archive.clone()],
        ..small()?.opened()
    };
    with_window("report-evidence", start, async |window| {
        window.is_ready().await?;
        window.turn_to("report").await?;
        window.find("sections").await?;
        window.click("make-report").await?;
        window.says("error-note", "lies in the evidence").await?;
        ensure!(std::fs::metadata(&archive)?.len() == before, "it changed");
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_withheld_and_declared_is_explained() -> anyhow::Result<()> {
    with_window("report-words", small()?.opened(), async |window| {
        window.is_ready().await?;
        window.chord(&['\u{e009}'], '3').await?;
        window.find("sections").await?;
        window.click("section-redactions").await?;
        window.says("section-form", "withheld by default").await?;
        window.click("add-redact").await?;
        fill(window, "field-field", "user.username").await?;
        window.click("proves-redacted").await?;
        window.says("proves-warning", "found by trying").await?;
        window.picture("report-redactions").await?;
        window.click("section-declarations").await?;
        window.says("no-advice", "not legal advice").await?;
        window.click("declaration-fre-902-14").await?;
        window.picture("report-declarations").await?;
        window.click("section-items").await?;
        window.says("section-form", "SHA-256").await?;
        window.picture("report-items").await?;
        window.fits().await?;
        Ok(())
    })
    .await
}
