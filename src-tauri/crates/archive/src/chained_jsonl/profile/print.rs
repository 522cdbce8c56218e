//! A profile as TOML that reads like one written by hand.

use super::raw::{OneOrMore, RawGenesis, RawPart, RawProfile};

/// A text as a TOML basic string.
fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            c if c.is_control() => out.push_str(&format!("\\u{:04X}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

fn list(texts: &[String]) -> String {
    let all: Vec<String> = texts.iter().map(|text| quoted(text)).collect();
    format!("[{}]", all.join(", "))
}

/// Writes lines `key = value` for what is there.
#[derive(Default)]
struct Page(String);

impl Page {
    fn table(&mut self, name: &str) {
        if !self.0.is_empty() {
            self.0.push('\n');
        }
        self.0.push_str(&format!("{name}\n"));
    }

    fn line(&mut self, key: &str, value: Option<String>) {
        if let Some(value) = value {
            self.0.push_str(&format!("{key} = {value}\n"));
        }
    }

    fn text(&mut self, key: &str, value: Option<&String>) {
        self.line(key, value.map(|text| quoted(text)));
    }

    fn parts(&mut self, parts: &[RawPart]) {
        self.0.push_str("parts = [\n");
        for part in parts {
            self.0.push_str(&format!("  {},\n", part_toml(part)));
        }
        self.0.push_str("]\n");
    }
}

fn part_toml(part: &RawPart) -> String {
    let flag = |value: Option<bool>| value.map(|is| is.to_string());
    let text = |value: &Option<String>| value.as_deref().map(quoted);
    let canon = part.canon.as_ref().map(|canon| match canon {
        OneOrMore::One(name) => quoted(name),
        OneOrMore::More(names) => list(names),
    });
    let members = [
        ("prev", flag(part.prev)),
        ("lit", text(&part.lit)),
        ("field", text(&part.field)),
        ("null", text(&part.null)),
        ("bool", text(&part.bool)),
        ("num", text(&part.num)),
        ("canon", canon),
        ("at", text(&part.at)),
        ("minus", part.minus.as_deref().map(list)),
        ("only", part.only.as_deref().map(list)),
        ("raw-line", flag(part.raw_line)),
        ("raw-line-minus-member", text(&part.raw_line_minus_member)),
        ("prev-raw-line", flag(part.prev_raw_line)),
    ];
    let there = members.into_iter();
    let there = there.filter_map(|(key, value)| Some(format!("{key} = {}", value?)));
    format!("{{ {} }}", there.collect::<Vec<_>>().join(", "))
}

fn genesis_toml(genesis: &RawGenesis) -> String {
    match genesis {
        RawGenesis::Word(word) => quoted(word),
        RawGenesis::Text(text) => format!("{{ text = {} }}", quoted(&text.text)),
        RawGenesis::HashOf(of) => format!("{{ hash-of = {} }}", quoted(&of.hash_of)),
    }
}

pub(super) fn toml(profile: &RawProfile) -> String {
    let mut page = Page::default();
    let chain = &profile.chain;
    page.table("[chain]");
    page.text("name", Some(&chain.name));
    page.text("about", chain.about.as_ref());
    page.text("framing", Some(&chain.framing));
    page.text("pattern", chain.pattern.as_ref());
    page.line("header", chain.header.then(|| "true".to_owned()));
    let seq = chain.seq.as_ref().map(|seq| {
        let number =
            |key: &str, n: Option<i64>| n.map_or(String::new(), |n| format!(", {key} = {n}"));
        let (start, step) = (number("start", seq.start), number("step", seq.step));
        format!("{{ path = {}{start}{step} }}", quoted(&seq.path))
    });
    page.line("seq", seq);
    let place = |path: &str| format!("{{ path = {} }}", quoted(path));
    page.line("prev", chain.prev.as_ref().map(|prev| place(&prev.path)));
    page.line("own", chain.own.as_ref().map(|own| place(&own.path)));
    let genesis: Vec<String> = chain.genesis.iter().map(genesis_toml).collect();
    page.line("genesis", Some(format!("[{}]", genesis.join(", "))));
    let reset = chain.reset.as_ref();
    page.line(
        "reset",
        reset.map(|reset| format!("{{ on = {} }}", quoted(&reset.on))),
    );
    page.text("partition", chain.partition.as_ref());
    let uncovered = (!chain.uncovered.is_empty()).then(|| list(&chain.uncovered));
    page.line("uncovered", uncovered);

    let digest = &profile.digest;
    page.table("[digest]");
    let alg = digest.alg.clone().unwrap_or_else(|| "sha256".to_owned());
    page.text("alg", Some(&alg));
    page.text("key", digest.key.as_ref());
    page.text("encoding", digest.encoding.as_ref());
    page.text("prefix", digest.prefix.as_ref());
    page.text("prev_as", digest.prev_as.as_ref());

    page.table("[preimage]");
    page.parts(&profile.preimage.parts);
    if let Some(signature) = &profile.signature {
        page.table("[signature]");
        page.text("path", Some(&signature.path));
        page.text("over", signature.over.as_ref());
        page.text("alg", Some(&signature.alg));
        page.text("encoding", signature.encoding.as_ref());
        page.text("prefix", signature.prefix.as_ref());
    }
    for inner in &profile.inner_digest {
        page.table("[[inner_digest]]");
        page.text("path", Some(&inner.path));
        page.text("alg", inner.alg.as_ref());
        page.text("encoding", inner.encoding.as_ref());
        page.text("prefix", inner.prefix.as_ref());
        page.parts(&inner.parts);
    }
    if let Some(shape) = &profile.shape {
        page.table("[shape]");
        page.line("members", Some(list(&shape.members)));
    }
    page.0
}
