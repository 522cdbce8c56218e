use super::super::shipped_profiles;
use super::*;

const SHORT: &str = "[chain]\nname = \"x\"\nown = { path = \"/hash\" }\n\
                     prev = { path = \"/prev\" }\n\
                     genesis = [\"\"]\n[preimage]\n\
                     parts = [{ canon = \"jcs\", minus = [\"/hash\"] }]\n";

#[test]
fn the_shipped_profiles_read_and_print_and_read_again_the_same() {
    assert_eq!(shipped_profiles().len(), 5);
    for profile in shipped_profiles() {
        let printed = profile.to_toml();
        let again = ChainProfile::from_toml(&printed).expect(&printed);
        assert_eq!(**profile, again, "{printed}");
    }
}

#[test]
fn what_is_wrong_is_named_with_its_place() {
    for (from, to, line, part) in [
        ("name", "nmae", Some(2), "nmae"),
        (
            "\"/hash\"]",
            "\"hash\"]",
            None,
            "preimage.parts[0].minus: `hash` is no path",
        ),
        (
            "jcs",
            "jsc",
            None,
            "preimage.parts[0].canon: `jsc` is not known here; use one of jcs",
        ),
        ("canon = \"jcs\"", "kanon = \"jcs\"", Some(7), "kanon"),
        (
            "canon = \"jcs\"",
            "canon = \"jcs\", lit = \"x\"",
            None,
            "exactly one of",
        ),
        (
            "canon = \"jcs\"",
            "lit = \"x\"",
            None,
            "`minus` belongs to canon, not to lit",
        ),
        ("genesis = [\"\"]", "", None, "chain.genesis"),
        (
            "[preimage]",
            "[digest]\nalg = \"md5\"\n[preimage]",
            None,
            "digest.alg: `md5`",
        ),
        ("[preimage]", "[extra]\n[preimage]", Some(6), "extra"),
        (
            "name = \"x\"",
            "name = \"x\"\nframing = \"xml\"",
            None,
            "chain.framing: `xml`",
        ),
        ("prev = { path = \"/prev\" }\n", "", None, "{prev = true}"),
        (
            "name = \"x\"",
            "name = \"x\"\nframing = \"text\"",
            None,
            "chain.pattern",
        ),
    ] {
        let text = SHORT.replacen(from, to, 1);
        let error = ChainProfile::from_toml(&text).expect_err(&text);
        assert!(error.to_string().contains(part), "{part}: {error}");
        if line.is_some() {
            assert_eq!(error.line, line, "{error}");
        }
    }
    assert!(ChainProfile::from_toml(SHORT).is_ok());
}

#[test]
fn what_a_digest_covers_is_not_named_as_uncovered() {
    let with = |names: &str| {
        let line = format!("genesis = [\"\"]\nuncovered = {names}");
        ChainProfile::from_toml(&SHORT.replacen("genesis = [\"\"]", &line, 1))
    };
    for covered in [
        "[\"/who\"]",
        "[\"/hash\"]",
        "[\"/prev\"]",
        "[\"\"]",
        "[\"who\"]",
    ] {
        let error = with(covered).expect_err(covered);
        assert!(error.what.starts_with("chain.uncovered"), "{error}");
    }
    let left_out = SHORT.replace("minus = [\"/hash\"", "minus = [\"/hash\", \"/seq\"");
    let known = left_out.replace(
        "genesis = [\"\"]",
        "genesis = [\"\"]\nuncovered = [\"/seq\"]",
    );
    let profile = ChainProfile::from_toml(&known).expect(&known);
    assert_eq!(profile.uncovered(), ["/seq"]);
    let again = ChainProfile::from_toml(&profile.to_toml()).expect("a profile");
    assert_eq!(again.uncovered(), profile.uncovered());
}
