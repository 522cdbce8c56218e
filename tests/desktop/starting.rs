//! The window under odd circumstances: no locale, a small screen, a dialog, a long table.

use anyhow::ensure;

use crate::harness::{Start, with_window};
use crate::sample;

#[tokio::test(flavor = "multi_thread")]
async fn without_a_locale_the_window_works_all_the_same() -> anyhow::Result<()> {
    let start = Start {
        language: "C",
        ..sample::small()?.opened()
    };
    with_window("locale-c", start, async |window| {
        window.is_ready().await?;
        window.says("status-count", "3,988 of 3,988").await?;
        window.find("timeline-summary").await?;
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn on_a_small_screen_nothing_is_out_of_reach() -> anyhow::Result<()> {
    let start = Start {
        size: (1024, 640),
        ..sample::small()?.opened()
    };
    with_window("small", start, async |window| {
        window.is_ready().await?;
        window.fits().await?;
        window.picture("small-workspace").await?;
        window.click("toggle-inspector").await?;
        window.find("entry-verdict").await?;
        window.fits().await?;
        window.picture("small-inspector").await?;
        // The inspector lies over the button that opened it.
        window.chord(&[], '\u{e00c}').await?;
        window
            .wait_until(
                "the inspector is closed",
                "return document.querySelector('[data-testid=inspector]') === null",
            )
            .await?;
        window.click("toggle-facets").await?;
        window.find("facets").await?;
        window.fits().await?;
        window.picture("small-facets").await?;
        window.chord(&[], '\u{e00c}').await?;
        window.turn_to("verification").await?;
        window.find("break-title").await?;
        window.fits().await?;
        window.picture("small-verification").await?;
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_open_button_opens_what_the_dialog_gives() -> anyhow::Result<()> {
    let start = Start {
        pick: vec![sample::small()?.case.intact.clone()],
        ..Start::default()
    };
    with_window("picked", start, async |window| {
        window.click("open-archive").await?;
        window.is_ready().await?;
        window.says("status-verdict", "not trusted").await?;
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_is_opened_from_the_rail_while_another_archive_is_open() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    for (name, text) in [("a.log", "one\ntwo\n"), ("b.log", "three\n")] {
        std::fs::write(folder.path().join(name), text)?;
    }
    let start = Start {
        pick: vec![folder.path().to_owned()],
        ..sample::small()?.opened()
    };
    with_window("folder", start, async |window| {
        window.is_ready().await?;
        window.click("rail-open-folder").await?;
        window.says("status-count", "3 of 3").await?;
        window.says("sources", "a.log").await?;
        window.says("sources", "b.log").await?;
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_not_there_is_named_on_the_welcome_screen() -> anyhow::Result<()> {
    let start = Start::on(["/nowhere/at all.sealog"]);
    with_window("missing", start, async |window| {
        window.find("welcome").await?;
        window.says("error-note", "at all.sealog").await?;
        window.picture("open-failed").await?;
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_of_fifty_thousand_rows_can_be_reached() -> anyhow::Result<()> {
    with_window("last-row", sample::large()?.opened(), async |window| {
        window.is_ready().await?;
        window.says("status-count", "49,988 of 49,988").await?;
        window
            .wait_until(
                "the last row is painted inside the table",
                "const grid = document.querySelector('[data-testid=grid]');
                 // The table grows by a row where entries are missing, once that is known.
                 grid.scrollTop = grid.scrollHeight;
                 const row = document.querySelector('.row[data-ordinal=\"49987\"]');
                 if (row === null || row.querySelector('.seal .word') === null) return false;
                 const box = grid.getBoundingClientRect();
                 const { top, bottom } = row.getBoundingClientRect();
                 return top >= box.top && bottom <= box.bottom + 1",
            )
            .await?;
        let rows = window.rows().await?;
        ensure!(rows.len() > 10, "only {} rows at the end", rows.len());
        window.picture("last-row").await?;
        Ok(())
    })
    .await
}
