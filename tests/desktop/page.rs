//! What an examiner does in the window, and what they then see.

use anyhow::{Context, ensure};
use serde_json::{Value, json};

use crate::harness::Window;

/// Text of the element with a handle, on one line.
const TEXT: &str = "const found = document.querySelector(`[data-testid=\"${arguments[0]}\"]`);
    return found ? found.textContent.replace(/\\s+/g, ' ').trim() : null";

impl Window {
    /// Waits until the archive is open, checked and indexed, and its first row is painted.
    pub async fn is_ready(&self) -> anyhow::Result<()> {
        self.wait_until(
            "the archive is checked and indexed and its first row shows",
            "const index = document.querySelector('[data-testid=status-index]');
             return index?.textContent.includes('100 %')
               && !document.querySelector('[data-testid=status-cancel]')
               && document.querySelector('.row[data-ordinal=\"0\"] .seal .word') !== null",
        )
        .await?;
        Ok(())
    }

    /// What the element with a handle says, on one line.
    pub async fn text(&self, testid: &str) -> anyhow::Result<String> {
        self.find(testid).await?;
        let text = self.run(TEXT, vec![json!(testid)]).await?;
        let text = text
            .as_str()
            .with_context(|| format!("{testid} went away"))?;
        Ok(text.to_owned())
    }

    /// Waits until the element with a handle holds a text.
    pub async fn says(&self, testid: &str, wanted: &str) -> anyhow::Result<()> {
        let script = format!(
            "const found = document.querySelector('[data-testid=\"{testid}\"]');
             const text = found?.textContent.replace(/\\s+/g, ' ').trim() ?? '';
             return text.includes({})",
            json!(wanted)
        );
        let waited = self
            .wait_until(&format!("{testid} says {wanted:?}"), &script)
            .await;
        if waited.is_err() {
            let said = self.run(TEXT, vec![json!(testid)]).await?;
            waited.with_context(|| format!("it says {said}"))?;
        }
        Ok(())
    }

    /// Clicks the element with a handle.
    pub async fn click(&self, testid: &str) -> anyhow::Result<()> {
        let element = self.find(testid).await?;
        element.click().await.with_context(|| testid.to_owned())
    }

    /// Writes a query by the keyboard alone and runs it.
    pub async fn search(&self, query: &str) -> anyhow::Result<()> {
        self.chord(&['\u{e009}'], 'f').await?;
        self.wait_until(
            "the query line has the focus",
            "const bar = document.querySelector('[data-testid=query-bar] .editor');
             return bar !== null && document.activeElement === bar",
        )
        .await?;
        // All of the line is selected now: what is typed replaces it.
        self.chord(&['\u{e009}'], 'a').await?;
        self.type_text(query).await?;
        let typed = self.query().await?;
        ensure!(typed == query, "typed {query:?}, the line holds {typed:?}");
        // Enter could take what completion offers at this moment.
        self.click("run-query").await
    }

    /// What the query line holds.
    pub async fn query(&self) -> anyhow::Result<String> {
        let script = "return document.querySelector('[data-testid=query-bar] .editor')
            .shadowRoot.querySelector('.cm-content').textContent";
        let text = self.run(script, Vec::new()).await?;
        Ok(text.as_str().unwrap_or_default().to_owned())
    }

    /// The text of every painted row, from the top.
    pub async fn rows(&self) -> anyhow::Result<Vec<String>> {
        let script = "return [...document.querySelectorAll('.row[data-ordinal]')]
            .filter((row) => row.dataset.ordinal !== '' && row.offsetParent !== null
              && row.getAttribute('aria-busy') === null)
            .sort((a, b) => a.dataset.ordinal - b.dataset.ordinal)
            .map((row) => [...row.querySelectorAll('.cell')]
              .map((cell) => cell.textContent).join(' | '))";
        let rows = self.run(script, Vec::new()).await?;
        let texts = rows.as_array().context("no list of rows")?.iter();
        Ok(texts
            .map(|row| row.as_str().unwrap_or_default().to_owned())
            .collect())
    }

    /// Turns to `workspace`, `verification` or `report`.
    pub async fn turn_to(&self, screen: &str) -> anyhow::Result<()> {
        self.click(&format!("rail-{screen}")).await?;
        self.find(screen).await?;
        Ok(())
    }

    /// Chooses `dark` or `light`, through the dialog.
    pub async fn colours(&self, theme: &str) -> anyhow::Result<()> {
        self.click("rail-view").await?;
        self.click(&format!("theme-{theme}")).await?;
        self.close_dialog().await?;
        let script = "return document.documentElement.dataset.theme";
        let now = self.run(script, Vec::new()).await?;
        ensure!(now == theme, "the theme is {now}");
        Ok(())
    }

    /// Closes the dialog that is open.
    pub async fn close_dialog(&self) -> anyhow::Result<()> {
        self.chord(&[], '\u{e00c}').await?;
        self.wait_until(
            "the dialog is closed",
            "return document.querySelector('dialog[open]') === null",
        )
        .await?;
        Ok(())
    }

    /// Fails when the page is wider or higher than the window: something would be out of reach.
    pub async fn fits(&self) -> anyhow::Result<()> {
        let script = "const root = document.documentElement;
            return [root.scrollWidth, innerWidth, root.scrollHeight, innerHeight]";
        let sizes = self.run(script, Vec::new()).await?;
        let size = |index: usize| sizes.get(index).and_then(Value::as_u64).unwrap_or(u64::MAX);
        ensure!(
            size(0) <= size(1) && size(2) <= size(3),
            "the page does not fit its window: {sizes}"
        );
        Ok(())
    }
}
