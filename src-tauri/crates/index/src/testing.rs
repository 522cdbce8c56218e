//! Random queries and records for property tests.

use std::ops::Bound;

use proptest::prelude::*;
use sealscope_fields::{SPINE_KEYWORDS, tokens};
use sealscope_model::Verdict;

use crate::query::{
    FieldName, FieldTest, Leaf, Moment, Place, Query, TimeSpan, Wildcard, WildcardPart, WordTest,
};

/// Texts as they stand in logs: few enough to meet in queries and records.
pub(crate) fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        8 => prop::sample::select(vec![
            "get", "list", "Anna", "anna", "403", "200", "a b", "b a", "a b a", "10.0.0.1", "",
            "pods/exec", "AND", "x\\y", "\"q\"", "é", "登録 b", "true", "null", "-5", "1e3", "/a/",
            "[a TO b]", ">=4",
            "a*b", "what?", "a:b", "#12", "@2026", "(a)", "ab", "abc", "a", "b",
        ]).prop_map(str::to_owned),
        1 => "\\PC{0,6}",
        1 => "[ -~]{0,8}",
        1 => ("[ab]", 250_usize..1100).prop_map(|(letter, times)| letter.repeat(times)),
        1 => (0_u32..400).prop_map(|number| format!("v{number}")),
    ]
}

/// Paths of raw fields, some with the names of spine fields.
pub(crate) fn path() -> impl Strategy<Value = String> {
    prop::sample::select(vec![
        "verb",
        "user",
        "user.name",
        "user.groups",
        "code",
        "who",
        "time",
        "message",
        "raw.x",
        "userx",
        "a b",
        "@timestamp",
        "k:v",
        "é",
        "",
        "x/y.z",
        "#1",
        "NOT",
    ])
    .prop_map(str::to_owned)
}

fn field() -> impl Strategy<Value = FieldName> {
    prop_oneof![
        3 => path().prop_map(FieldName::Raw),
        1 => prop::sample::select(SPINE_KEYWORDS.to_vec()).prop_map(FieldName::Spine),
    ]
}

fn wildcard(literal: impl Strategy<Value = String> + 'static) -> impl Strategy<Value = Wildcard> {
    let part = prop_oneof![
        literal.prop_map(WildcardPart::Literal),
        Just(WildcardPart::One),
        Just(WildcardPart::Any),
    ];
    prop::collection::vec(part, 1..5)
        .prop_map(Wildcard::new)
        .prop_filter("a wildcard has one", |wildcard| {
            let wild = |part: &WildcardPart| !matches!(part, WildcardPart::Literal(_));
            wildcard.parts().iter().any(wild)
        })
}

fn words() -> impl Strategy<Value = Vec<String>> {
    text()
        .prop_map(|text| {
            let mut words = Vec::new();
            tokens(&text, |word| words.push(word.to_owned()));
            words
        })
        .prop_filter("at least one word", |words| !words.is_empty())
}

fn regex() -> impl Strategy<Value = String> {
    prop::sample::select(vec![
        ".*", "a|ab", "[a-c]+", "get|list", "v\\d+", "a/b", "", "\\\\.", "a b",
    ])
    .prop_map(str::to_owned)
}

fn number() -> impl Strategy<Value = f64> {
    prop_oneof![
        prop::sample::select(vec![0.0, -5.0, 200.0, 403.0, 1000.0, 0.1]),
        (-500_i32..500).prop_map(f64::from),
        any::<f64>().prop_filter("finite", |number| number.is_finite()),
    ]
}

fn bound() -> impl Strategy<Value = Bound<f64>> {
    prop_oneof![
        number().prop_map(Bound::Included),
        number().prop_map(Bound::Excluded),
        Just(Bound::Unbounded),
    ]
}

fn field_test() -> impl Strategy<Value = FieldTest> {
    prop_oneof![
        1 => Just(FieldTest::Exists),
        5 => text().prop_map(FieldTest::Equals),
        2 => wildcard(text())
            .prop_filter("a lone star is `exists`", |wildcard| !wildcard.is_any())
            .prop_map(FieldTest::Wildcard),
        1 => regex().prop_map(FieldTest::Regex),
        2 => (bound(), bound()).prop_map(|(low, high)| FieldTest::Number { low, high }),
    ]
}

/// Seconds around which records and queries have their times.
pub(crate) const ERA_NS: i64 = 1_773_446_400_000_000_000;

fn moment() -> impl Strategy<Value = Moment> {
    prop_oneof![
        (-20_i64..20).prop_map(|seconds| Moment::At(ERA_NS + seconds * 1_000_000_000)),
        (-20_i64..20).prop_map(|ns| Moment::At(ERA_NS + ns)),
        (0_i64..30).prop_map(|seconds| Moment::BeforeNewest(seconds * 1_000_000_000)),
    ]
}

fn leaf() -> impl Strategy<Value = Leaf> {
    let place = prop_oneof![Just(Place::Anywhere), Just(Place::Message)];
    let words = prop_oneof![
        4 => (place.clone(), words()).prop_map(|(place, words)| Leaf::Words {
            place, test: WordTest::Phrase(words),
        }),
        1 => (place, wildcard("[a-z0-9é]{1,3}")).prop_filter_map(
            "a lone bare star is every row",
            |(place, wildcard)| {
                let all = wildcard.is_any() && place == Place::Anywhere;
                (!all).then_some(Leaf::Words { place, test: WordTest::Wildcard(wildcard) })
            },
        ),
        1 => regex().prop_map(|pattern| Leaf::Words {
            place: Place::Message, test: WordTest::Regex(pattern),
        }),
    ];
    let seal = prop::option::of(prop::sample::select(Verdict::ALL.to_vec()));
    prop_oneof![
        4 => words,
        6 => (field(), field_test()).prop_map(|(field, test)| Leaf::Field { field, test }),
        1 => seal.prop_map(Leaf::Seal),
        1 => (0_u64..40, prop::option::of(0_u64..60)).prop_map(|(from, to)| {
            Leaf::Positions { from, to }
        }),
        1 => (prop::option::of(moment()), prop::option::of(moment())).prop_map(|(from, to)| {
            match (from, to) {
                (None, None) => Leaf::Dated,
                (from, to) => Leaf::Time(TimeSpan { from, to }),
            }
        }),
        1 => Just(Leaf::Dated),
    ]
}

/// Any tree that the parser can make.
pub(crate) fn query() -> impl Strategy<Value = Query> {
    let leaf = prop_oneof![12 => leaf().prop_map(Query::Is), 1 => Just(Query::All)];
    leaf.prop_recursive(4, 16, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 2..4).prop_map(Query::all_of),
            prop::collection::vec(inner.clone(), 2..4).prop_map(Query::any_of),
            inner.prop_map(Query::not),
        ]
    })
}
