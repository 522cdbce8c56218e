//! The page on opening.

use anyhow::{Context, ensure};
use serde_json::json;

use crate::browser::{Browser, Kind};
use crate::changes;

#[tokio::test(flavor = "multi_thread")]
async fn chromium_finds_each_change() -> anyhow::Result<()> {
    finds_each_change(Kind::Chromium).await
}

#[tokio::test(flavor = "multi_thread")]
async fn webkit_finds_each_change() -> anyhow::Result<()> {
    finds_each_change(Kind::WebKit).await
}

async fn finds_each_change(kind: Kind) -> anyhow::Result<()> {
    let browser = Browser::open(kind).await?;
    browser.show(&changes::intact()).await?;
    let outcome = browser.outcome().await?;
    let says = browser.says().await?;
    ensure!(outcome == "ok", "intact, but {outcome}: {says}");
    ensure!(
        says.contains("Of 3 exhibits, 3 lead to a checkpoint"),
        "{says}"
    );
    for exhibit in 1..=3 {
        let (outcome, says) = browser.says_of(exhibit).await?;
        ensure!(
            outcome == "ok" && says.starts_with("Re-checked: "),
            "{outcome}: {says}"
        );
    }
    let changed = changes::single_bytes()?.into_iter();
    for changed in changed.chain(changes::made_anew()?) {
        browser.show(&changed.page).await?;
        let outcome = browser.outcome().await.context(changed.what)?;
        let says = browser.says().await?;
        ensure!(
            outcome == "bad",
            "{} changed, but {outcome}: {says}",
            changed.what
        );
        ensure!(
            says.contains(changed.says),
            "{} changed: {says}",
            changed.what
        );
    }
    browser.close().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_script_does_not_run() -> anyhow::Result<()> {
    let page = changes::intact();
    let mark = b"part: 'Re-checked in part";
    let at = page.windows(mark.len()).position(|window| window == mark);
    let mut other = page.clone();
    other[at.context("the script says so")? + 8] = b'X';
    for kind in [Kind::Chromium, Kind::WebKit] {
        let browser = Browser::open(kind).await?;
        browser.show(&other).await?;
        let ran = browser
            .run("return 'recheck' in document.documentElement.dataset")
            .await?;
        let says = browser.says().await?;
        ensure!(
            ran == false && says.starts_with("Not re-checked by this browser"),
            "{says}"
        );
        browser.close().await;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn without_scripts_it_is_read_and_says_that_nothing_was_checked() -> anyhow::Result<()> {
    let browser = Browser::open(Kind::Chromium).await?;
    let off = json!({ "value": true });
    browser
        .devtools("Emulation.setScriptExecutionDisabled", off)
        .await?;
    browser.show(&changes::intact()).await?;
    let says = browser.says().await?;
    ensure!(says.starts_with("Not re-checked by this browser"), "{says}");
    ensure!(says.contains("nothing of it was checked here"), "{says}");
    let (outcome, says) = browser.says_of(1).await?;
    ensure!(
        outcome == "off" && says == "Not re-checked by this browser.",
        "{says}"
    );
    browser.close().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_browser_lacks_is_said_and_never_passes() -> anyhow::Result<()> {
    let browser = Browser::open(Kind::Chromium).await?;
    for (lacking, outcome, words) in [
        (
            "SubtleCrypto.prototype.importKey = () => Promise.reject(new Error('none'))",
            "part",
            "Signatures were not re-checked in this browser: it has no Ed25519.",
        ),
        // One that calls every signature good is no better.
        (
            "SubtleCrypto.prototype.verify = () => Promise.resolve(true)",
            "part",
            "Signatures were not re-checked in this browser: it has no Ed25519.",
        ),
        (
            "Object.defineProperty(globalThis, 'crypto', { value: undefined })",
            "off",
            "This browser offers no WebCrypto to this page",
        ),
    ] {
        // Later ones come on top of the ones before.
        let source = json!({ "source": lacking });
        browser
            .devtools("Page.addScriptToEvaluateOnNewDocument", source)
            .await?;
        browser.show(&changes::intact()).await?;
        let found = browser.outcome().await?;
        let says = browser.says().await?;
        ensure!(
            found == outcome && says.contains(words),
            "{lacking}: {found}: {says}"
        );
        let (of_one, says) = browser.says_of(1).await?;
        ensure!(of_one == outcome, "{lacking}: {of_one}: {says}");
    }
    browser.close().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn it_fits_a_desk_and_a_phone() -> anyhow::Result<()> {
    let browser = Browser::open(Kind::Chromium).await?;
    for (name, width, height) in [("desk", 1280, 900), ("phone", 390, 844)] {
        let screen =
            json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        browser
            .devtools("Emulation.setDeviceMetricsOverride", screen)
            .await?;
        browser.show(&changes::intact()).await?;
        browser.outcome().await?;
        let script = "return document.documentElement.scrollWidth - innerWidth";
        let over = browser.run(script).await?.as_f64().context("a number")?;
        ensure!(over <= 0.0, "{name}: {over} pixels too wide");
        browser
            .picture(&format!("report-{name}"), (width, height))
            .await?;
    }
    browser.close().await;
    Ok(())
}
