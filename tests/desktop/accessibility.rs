//! No screen violates a rule that axe-core can check, dark or light.

use anyhow::{Context, ensure};
use serde_json::{Value, json};

use crate::harness::{Start, Window, with_window};
use crate::sample;

/// Loads the checker. It is no part of the page: WebDriver's own scripts may.
async fn load_rules(window: &Window) -> anyhow::Result<()> {
    let file = sealscope_testkit::repository().join("ui/dist-test/axe.js");
    let rules = std::fs::read_to_string(&file)
        .with_context(|| format!("{}; run npm run build:axe in ui", file.display()))?;
    // What it declares has to outlive the function that WebDriver wraps around a script.
    let script = format!("{rules}\n;window.sealscopeAxe ??= sealscopeAxe; return true");
    window.run(&script, Vec::new()).await?;
    Ok(())
}

async fn passes(window: &Window, what: &str) -> anyhow::Result<()> {
    let script = "const done = arguments[arguments.length - 1];
        window.sealscopeAxe.run().then(done, (error) => done(String(error)))";
    let found = window.run_async(script, Vec::new()).await?;
    ensure!(
        found == Value::Array(Vec::new()),
        "{what}: {}",
        serde_json::to_string_pretty(&found)?
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_welcome_screen_passes() -> anyhow::Result<()> {
    with_window("axe-welcome", Start::default(), async |window| {
        window.find("welcome").await?;
        load_rules(window).await?;
        for theme in ["dark", "light"] {
            let script = "document.documentElement.dataset.theme = arguments[0]; return true";
            window.run(script, vec![json!(theme)]).await?;
            window.picture(&format!("welcome-{theme}")).await?;
            passes(window, &format!("welcome, {theme}")).await?;
        }
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn every_other_screen_and_dialog_passes() -> anyhow::Result<()> {
    with_window("axe", sample::small()?.opened(), async |window| {
        window.is_ready().await?;
        load_rules(window).await?;
        for theme in ["dark", "light"] {
            window.colours(theme).await?;
            every_screen(window, theme).await?;
        }
        Ok(())
    })
    .await
}

async fn every_screen(window: &Window, theme: &str) -> anyhow::Result<()> {
    window.turn_to("workspace").await?;
    for tab in ["fields", "raw", "proof"] {
        window.click(&format!("tab-{tab}")).await?;
        if tab == "proof" {
            window.find("proof").await?;
        }
        window.picture(&format!("workspace-{tab}-{theme}")).await?;
        passes(window, &format!("workspace with {tab}, {theme}")).await?;
    }
    window.turn_to("verification").await?;
    window.find("break-title").await?;
    window.picture(&format!("verification-{theme}")).await?;
    passes(window, &format!("verification, {theme}")).await?;
    window.turn_to("workspace").await?;
    for (opener, dialog) in [
        ("rail-view", "look-dialog"),
        ("rail-keys", "keyboard-map"),
        ("columns", "columns-dialog"),
        ("status-index", "index-dialog"),
        ("timeline-table", "bucket-table"),
    ] {
        window.click(opener).await?;
        window.find(dialog).await?;
        window.picture(&format!("{dialog}-{theme}")).await?;
        passes(window, &format!("{dialog}, {theme}")).await?;
        if dialog == "bucket-table" {
            window.click(opener).await?;
        } else {
            window.close_dialog().await?;
        }
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_dialog_that_trusts_a_key_passes() -> anyhow::Result<()> {
    let start = sample::small()?.with_an_unknown_key();
    with_window("axe-trust", start, async |window| {
        window.is_ready().await?;
        load_rules(window).await?;
        for theme in ["dark", "light"] {
            window.colours(theme).await?;
            window.turn_to("verification").await?;
            window.click("trust-key").await?;
            window.find("trust-fingerprint").await?;
            window.picture(&format!("trust-{theme}")).await?;
            passes(window, &format!("trust, {theme}")).await?;
            window.close_dialog().await?;
        }
        Ok(())
    })
    .await
}
