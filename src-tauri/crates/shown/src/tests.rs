use proptest::prelude::*;

use super::*;

/// The bytes that a chip stands for.
fn bytes_of(label: &str) -> Vec<u8> {
    let of_char = |hex: &str| {
        let code = u32::from_str_radix(hex, 16).expect("hex");
        char::from_u32(code).expect("a character").to_string()
    };
    match label {
        "␊" => b"\n".to_vec(),
        "␍" => b"\r".to_vec(),
        "␉" => b"\t".to_vec(),
        _ => match label.strip_prefix("U+") {
            Some(hex) => of_char(hex).into_bytes(),
            None => vec![u8::from_str_radix(label, 16).expect("two hex digits")],
        },
    }
}

fn read_back(shown: &Shown) -> Vec<u8> {
    let mut bytes = Vec::new();
    for run in &shown.runs {
        match run {
            Run::Text(text) => bytes.extend_from_slice(text.as_bytes()),
            Run::Chip(chip) => bytes.extend(bytes_of(&chip.label)),
        }
    }
    bytes
}

/// What a plain run must never hold, written down apart from the code under test.
fn must_not_be_printed(c: char) -> bool {
    let code = u32::from(c);
    let ranges = [
        (0x00, 0x1F),
        (0x7F, 0x9F),
        (0x61C, 0x61C),
        (0x200B, 0x200F),
        (0x2028, 0x202E),
        (0x2060, 0x2060),
        (0x2066, 0x2069),
        (0xFEFF, 0xFEFF),
        (0xE000, 0xF8FF),
        (0xFE00, 0xFE0D),
        (0xE0000, 0x10FFFF),
    ];
    ranges
        .iter()
        .any(|(from, to)| (*from..=*to).contains(&code))
}

fn text_of(shown: &Shown) -> String {
    let texts = shown.runs.iter().filter_map(|run| match run {
        Run::Text(text) => Some(text.as_str()),
        Run::Chip(_) => None,
    });
    texts.collect()
}

fn labels(text: &str) -> Vec<String> {
    let all = shown(text, 1000).runs.into_iter();
    all.filter_map(|run| match run {
        Run::Chip(chip) => Some(chip.label),
        Run::Text(_) => None,
    })
    .collect()
}

#[test]
fn what_acts_or_hides_becomes_a_chip() {
    for (text, expected) in [
        ("root\u{202E}gpj", "root⟦U+202E⟧gpj"),
        ("\u{1B}[31mred", "⟦1B⟧[31mred"),
        ("a\r\nb\tc\0", "a⟦␍⟧⟦␊⟧b⟦␉⟧c⟦00⟧"),
        ("\u{9B}2J", "⟦U+009B⟧2J"),
        (
            "zero\u{200B}width\u{2060}\u{FEFF}",
            "zero⟦U+200B⟧width⟦U+2060⟧⟦U+FEFF⟧",
        ),
        ("a\u{E0041}b\u{F8FF}", "a⟦U+E0041⟧b⟦U+F8FF⟧"),
        ("line\u{2028}two\u{85}three", "line⟦U+2028⟧two⟦U+0085⟧three"),
        ("a\u{FE0F}", "a⟦U+FE0F⟧"),
        ("\u{0378}\u{FFFF}", "⟦U+0378⟧⟦U+FFFF⟧"),
        ("fake ⟦1B⟧", "fake ⟦U+27E6⟧1B⟦U+27E7⟧"),
    ] {
        assert_eq!(escape_for_terminal(text), expected, "{text:?}");
        assert_eq!(shown(text, 1000).to_text(), expected, "{text:?}");
    }
}

#[test]
fn ordinary_text_of_any_script_stays_as_it_is() {
    for text in [
        "plain ASCII ~!@#",
        "Zürich naïve Ἀθῆναι Москва",
        "日本語のログ 中文 한국어",
        "مرحبا שלום",
        "हिन्दी ไทย தமிழ்",
        "e\u{301}",
        "❤\u{FE0F} ✔\u{FE0E} 1\u{FE0F}\u{20E3} 😀",
    ] {
        assert_eq!(labels(text), Vec::<String>::new(), "{text}");
        assert_eq!(escape_for_terminal(text), text);
    }
}

#[test]
fn marks_beyond_eight_and_marks_without_a_letter_become_chips() {
    let tower = format!("z{}", "\u{301}".repeat(11));
    assert_eq!(labels(&tower).len(), 3);
    // A chip in between gives no room for more.
    let broken = format!("z{}\u{200B}{}", "\u{301}".repeat(8), "\u{301}".repeat(8));
    assert_eq!(labels(&broken).len(), 9);
    assert_eq!(labels("\u{301}a"), ["U+0301"]);
}

#[test]
fn bytes_that_are_no_utf8_are_shown_one_by_one() {
    let out = shown(b"a\xFF\xC3(\xED\xA0\x80", 100);
    assert_eq!(out.to_text(), "a⟦FF⟧⟦C3⟧(⟦ED⟧⟦A0⟧⟦80⟧");
    assert!(out.holds.invalid_utf8 && !out.holds.controls);
}

#[test]
fn what_is_held_is_told() {
    let holds = |text: &str| shown(text, 100).holds;
    assert_eq!(holds("plain"), Holds::default());
    assert!(holds("\u{7}").controls && !holds("\u{7}").hidden);
    assert!(holds("\u{202E}").hidden && !holds("\u{202E}").controls);
}

#[test]
fn a_cut_falls_between_characters_and_is_told() {
    let cut = shown("äöü", 3);
    assert_eq!((cut.to_text().as_str(), cut.truncated), ("ä…", true));
    assert!(!shown("äöü", 6).truncated);
    assert_eq!(shown("日本", 2).runs, []);
    // Bytes that continue nothing are cut anywhere.
    assert_eq!(shown([0x80u8; 10], 5).runs.len(), 5);
}

#[test]
fn a_text_of_nothing_but_controls_is_cut_too() {
    let out = shown(vec![0u8; 100_000], 100_000);
    assert_eq!(out.runs.len(), CHIPS_MAX);
    assert!(out.truncated);
}

#[test]
fn lines_are_kept_only_where_they_are_asked_for() {
    assert_eq!(shown_lines("a\r\nb", 100).to_text(), "a⟦␍⟧\nb");
    assert_eq!(shown("a\nb", 100).to_text(), "a⟦␊⟧b");
}

#[test]
fn a_cell_never_becomes_a_formula() {
    for (text, cell) in [
        ("=1+1", "'=1+1"),
        ("+cmd|'/c calc'!A0", "'+cmd|'/c calc'!A0"),
        ("-2+3", "'-2+3"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "⟦␉⟧=1"),
        ("\r=1", "⟦␍⟧=1"),
        ("＝1", "'＝1"),
        ("-12.5", "-12.5"),
        ("a=b", "a=b"),
        ("", ""),
    ] {
        assert_eq!(tsv_cell(text), cell, "{text:?}");
    }
}

#[test]
fn a_csv_cell_is_quoted_where_needed() {
    for (text, cell) in [
        ("plain", "plain"),
        ("a,b", "\"a,b\""),
        ("say \"hi\"", "\"say \"\"hi\"\"\""),
        ("=a,b", "\"'=a,b\""),
        (" padded", "\" padded\""),
        ("two\nlines", "two⟦␊⟧lines"),
    ] {
        assert_eq!(csv_cell(text), cell, "{text:?}");
    }
}

#[test]
fn a_word_that_mixes_scripts_is_pointed_out() {
    let hint = mixed_scripts("user p\u{430}ypal logged in").expect("a hint");
    assert!(hint.contains("Latin and Cyrillic"), "{hint}");
    for text in [
        "paypal",
        "Москва moscow",
        "日本語test",
        "naïve",
        "α β",
        "Ωmega-free",
    ] {
        let hint = mixed_scripts(text);
        assert_eq!(hint.is_some(), text.starts_with('Ω'), "{text}: {hint:?}");
    }
}

proptest! {
    #[test]
    fn plain_runs_never_hold_what_acts_and_nothing_is_lost(
        text in prop::collection::vec(
            prop_oneof![
                any::<char>(),
                prop::char::range('\0', '\u{A0}'),
                prop::char::range('\u{2000}', '\u{206F}'),
                prop::char::range('\u{300}', '\u{36F}'),
                prop::char::range('\u{FE00}', '\u{FE0F}'),
            ],
            0..200,
        ),
        junk in prop::collection::vec(any::<u8>(), 0..50),
    ) {
        let mut bytes = text.into_iter().collect::<String>().into_bytes();
        bytes.extend(junk);
        let out = shown(&bytes, usize::MAX);
        prop_assert!(!text_of(&out).chars().any(must_not_be_printed));
        prop_assert_eq!(read_back(&out), bytes.clone());
        prop_assert_eq!(out.to_text(), escape_bytes_for_terminal(&bytes));
        let neighbours = out.runs.windows(2);
        for pair in neighbours {
            prop_assert!(!matches!(pair, [Run::Text(_), Run::Text(_)]));
        }
    }

    #[test]
    fn what_is_cut_is_a_beginning_of_the_whole(
        text in ".{0,60}", junk in prop::collection::vec(any::<u8>(), 0..20), max in 0usize..80,
    ) {
        let mut bytes = text.into_bytes();
        bytes.extend(junk);
        let out = shown(&bytes, max);
        let back = read_back(&out);
        prop_assert!(bytes.starts_with(&back));
        prop_assert!(back.len() <= max);
        prop_assert_eq!(out.truncated, back.len() < bytes.len());
        if out.truncated {
            prop_assert!(back.len() + 4 > max);
        }
    }
}
