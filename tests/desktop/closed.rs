//! The window is closed to the outside: nothing from a log can run, load or lead away.

use anyhow::ensure;
use serde_json::json;

use crate::harness::{Start, Window, with_window};

/// Runs a script that ends in an answer or an error, and gives back either as text.
async fn outcome(window: &Window, script: &str) -> anyhow::Result<String> {
    let wrapped = format!(
        "const done = arguments[arguments.length - 1];
         (async () => {{ {script} }})().then(
           (answer) => done('answer: ' + answer), (error) => done('error: ' + error.name));"
    );
    let answer = window.run_async(&wrapped, Vec::new()).await?;
    Ok(answer.as_str().unwrap_or_default().to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn text_cannot_become_markup_because_trusted_types_are_enforced() -> anyhow::Result<()> {
    with_window("trusted-types", Start::default(), async |window| {
        let markup = outcome(window, "document.body.innerHTML = '<b>x</b>'; return 1").await?;
        ensure!(markup == "error: TypeError", "innerHTML: {markup}");
        let code = outcome(window, "return eval('1 + 1')").await?;
        ensure!(code.starts_with("error"), "eval: {code}");
        let policy = outcome(
            window,
            "trustedTypes.createPolicy('of-a-log', {}); return 1",
        )
        .await?;
        ensure!(policy == "error: TypeError", "another policy: {policy}");
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_loaded_from_outside_and_nothing_inline_runs() -> anyhow::Result<()> {
    with_window("closed", Start::default(), async |window| {
        let remote = outcome(window, "await fetch('https://example.org/'); return 1").await?;
        ensure!(remote.starts_with("error"), "remote fetch: {remote}");
        let inline = outcome(
            window,
            "const script = document.createElement('script');
             script.append('window.ranInline = true'); document.head.append(script);
             const link = document.createElement('a'); link.setAttribute('onclick',
             'window.ranInline = true'); document.body.append(link); link.click(); link.remove();
             return window.ranInline === true",
        )
        .await?;
        // Trusted Types may refuse the script's text before the policy refuses to run it.
        ensure!(inline != "answer: true", "an inline script ran");
        let image = outcome(
            window,
            "return await new Promise((resolve) => { const image = new Image();
             image.onload = () => resolve('loaded'); image.onerror = () => resolve('refused');
             image.src = 'https://example.org/a.png' })",
        )
        .await?;
        ensure!(image == "answer: refused", "remote image: {image}");
        let style = outcome(
            window,
            "const part = document.createElement('p');
             part.setAttribute('style', 'position: fixed'); document.body.append(part);
             const position = getComputedStyle(part).position; part.remove(); return position",
        )
        .await?;
        ensure!(
            style == "answer: static",
            "a style attribute had an effect: {style}"
        );
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_window_does_not_navigate_away() -> anyhow::Result<()> {
    with_window("navigation", Start::default(), async |window| {
        let before = window.run("return location.href", Vec::new()).await?;
        for address in [
            "https://example.org/",
            "file:///etc/hostname",
            "data:text/html,x",
        ] {
            let script = "location.href = arguments[0]; return true";
            window.run(script, vec![json!(address)]).await?;
            tokio::time::sleep(std::time::Duration::from_millis(300)).await;
            let after = window.run("return location.href", Vec::new()).await?;
            ensure!(after == before, "went to {after}");
        }
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn only_our_own_commands_can_be_called() -> anyhow::Result<()> {
    with_window("commands", Start::default(), async |window| {
        let own = outcome(
            window,
            "return (await window.__TAURI_INTERNALS__.invoke('startup')).version",
        )
        .await?;
        ensure!(
            own == format!("answer: {}", env!("CARGO_PKG_VERSION")),
            "startup: {own}"
        );
        for foreign in [
            "plugin:window|close",
            "plugin:event|listen",
            "plugin:app|version",
            "shell",
        ] {
            let call = format!(
                "try {{ await window.__TAURI_INTERNALS__.invoke('{foreign}', {{}}); return 'ran' }}
                 catch (error) {{ return 'refused' }}"
            );
            let answer = outcome(window, &call).await?;
            ensure!(answer == "answer: refused", "{foreign}: {answer}");
        }
        Ok(())
    })
    .await
}
