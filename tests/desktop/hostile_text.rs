//! Log text never runs, never becomes markup, never reorders its neighbours.

use anyhow::ensure;
use serde_json::Value;

use crate::harness::{Start, Window, with_window};
use crate::sample;

const FILES: &[&str] = &[
    "hostile/html-script.jsonl",
    "hostile/html-script.log",
    "hostile/bidi-unicode.jsonl",
    "hostile/ansi-escapes.log",
    "hostile/nul-bytes.log",
    "hostile/invalid-utf8.jsonl",
    "hostile/log4shell.log",
    "hostile/csv-formulas.jsonl",
];

/// Everything in the page, query line included, that only log text could have brought in.
const FOREIGN: &str = "
    const found = [];
    const look = (root) => {
      for (const element of root.querySelectorAll('*')) {
        const tag = element.localName;
        // The query line's own: an image without a source beside its placeholder.
        if (element.className === 'cm-widgetBuffer' && !element.hasAttribute('src')) continue;
        if (['img', 'iframe', 'object', 'embed', 'video', 'audio', 'a', 'base', 'link', 'style',
             'script', 'meta', 'math'].includes(tag) && !element.closest('head'))
          found.push(tag);
        if (tag === 'script' && !element.src.startsWith(location.origin)) found.push('script');
        for (const { name } of element.attributes)
          if (name.startsWith('on')) found.push(`${tag} ${name}`);
        if (element.shadowRoot) look(element.shadowRoot);
      }
    };
    look(document);
    return found";

/// Characters that would reorder, hide or control, in any text node of the page.
const UNSHOWN: &str = "
    const bad = new RegExp('[\\u0000-\\u0008\\u000b-\\u001f\\u007f-\\u009f]'
      + '|[\\u061c\\u200b-\\u200f\\u2028-\\u202e\\u2060-\\u2069\\ufeff]'
      + '|\\udb40[\\udc00-\\udc7f]');
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const found = [];
    for (let node = walker.nextNode(); node; node = walker.nextNode())
      if (bad.test(node.data)) found.push(escape(node.data.slice(0, 80)));
    return found";

async fn holds_nothing_foreign(window: &Window) -> anyhow::Result<()> {
    for script in [FOREIGN, UNSHOWN] {
        let found = window.run(script, Vec::new()).await?;
        ensure!(found == Value::Array(Vec::new()), "in the page: {found}");
    }
    ensure!(!window.has_message_box().await, "something called alert");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn hostile_logs_are_shown_as_text_with_chips_and_nothing_of_them_runs() -> anyhow::Result<()>
{
    let Some(files) = sample::shared_files(FILES) else {
        return Ok(());
    };
    with_window("hostile", Start::on(files), async |window| {
        window.is_ready().await?;
        holds_nothing_foreign(window).await?;
        window.picture("hostile").await?;

        window.search("\"script\"").await?;
        window
            .wait_until(
                "a row shows the markup as text",
                "return [...document.querySelectorAll('.row .cell')]
                   .some((cell) => cell.textContent.includes('<script>alert(1)</script>'))",
            )
            .await?;
        window
            .says("inspector", "<script>alert(1)</script>")
            .await?;
        holds_nothing_foreign(window).await?;

        window.search("\"gnp.exe\"").await?;
        window.says("hit-count", "1 hit").await?;
        window
            .wait_until(
                "the control that turns text around is a chip in the row and in the inspector",
                "const chip = (root) => [...document.querySelectorAll(`${root} .chip-code`)]
                   .some((chip) => chip.textContent === '⟦U+202E⟧' && chip.title !== '');
                 return chip('.row') && chip('[data-testid=inspector]')",
            )
            .await?;
        window.click("tab-raw").await?;
        window.says("inspector", "⟦U+202E⟧").await?;
        holds_nothing_foreign(window).await?;
        window.picture("hostile-chips").await?;
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn each_cell_keeps_its_text_from_turning_its_neighbours_around() -> anyhow::Result<()> {
    let Some(files) = sample::shared_files(&["hostile/bidi-unicode.jsonl"]) else {
        return Ok(());
    };
    with_window("isolated", Start::on(files), async |window| {
        window.is_ready().await?;
        let script = "return [...document.querySelectorAll('.row .cell.log-text')]
            .map((cell) => getComputedStyle(cell))
            .filter((style) => style.unicodeBidi !== 'isolate' || style.direction !== 'ltr')
            .length";
        let open = window.run(script, Vec::new()).await?;
        ensure!(open == 0, "{open} cells do not isolate their text");
        let cells = "return document.querySelectorAll('.row .cell.log-text').length > 10";
        ensure!(window.run(cells, Vec::new()).await? == true);
        Ok(())
    })
    .await
}
