//! The fonts that a printed report brings along, and which of them can print what.

use std::sync::LazyLock;

use typst::foundations::Bytes;
use typst::layout::Abs;
use typst::text::{Font, FontBook, FontInstance, FontVariant, FontVariations};
use typst_utils::LazyHash;

macro_rules! font {
    ($file:literal) => {
        include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/fonts/", $file))
    };
}

/// In the order in which they are tried (`fonts/origin.toml` says where they come from).
const FILES: [&[u8]; 13] = [
    font!("IBMPlexSans-Regular.ttf"),
    font!("IBMPlexMono-Regular.ttf"),
    font!("NotoSans-Regular.ttf"),
    font!("IBMPlexSansArabic-Regular.ttf"),
    font!("IBMPlexSansHebrew-Regular.ttf"),
    font!("NotoSansThai-Regular.ttf"),
    font!("DroidSansFallbackFull.ttf"),
    font!("NanumGothic-Regular.ttf"),
    font!("NotoSansSymbols-Regular.ttf"),
    font!("NotoSansSymbols2-Regular.ttf"),
    font!("NotoSansMath-Regular.ttf"),
    font!("NotoEmoji-Regular.ttf"),
    font!("IBMPlexSans-SemiBold.ttf"),
];
/// Place of the text face.
pub(super) const SANS: usize = 0;
/// Place of the face for bytes and digests.
pub(super) const MONO: usize = 1;
/// The heavier cut of the text face prints headings only; it covers what the text face covers.
const TRIED: usize = FILES.len() - 1;

/// All fonts, read once.
pub(super) struct Fonts {
    /// As the typesetter wants them.
    pub fonts: Vec<Font>,
    /// What it looks them up in.
    pub book: LazyHash<FontBook>,
    /// For the width of a letter.
    instances: Vec<FontInstance>,
}

static FONTS: LazyLock<Fonts> = LazyLock::new(|| {
    let fonts: Vec<Font> = FILES
        .into_iter()
        .flat_map(|file| Font::iter(Bytes::new(file)))
        .collect();
    let instances = fonts.iter().map(|font| {
        let of = font.clone();
        of.instantiate(
            FontVariant::default(),
            Abs::pt(10.0),
            &FontVariations::default(),
        )
    });
    Fonts {
        instances: instances.collect(),
        book: LazyHash::new(FontBook::from_fonts(&fonts)),
        fonts,
    }
});

impl Fonts {
    pub(super) fn get() -> &'static Self {
        &FONTS
    }

    /// Names of the families by place.
    pub(super) fn families(&self) -> Vec<&str> {
        let infos = self.fonts.iter().map(Font::info);
        infos.map(|info| info.family.as_str()).collect()
    }

    /// The font that prints a cluster of letters and marks in one piece, `first` before the others.
    pub(super) fn of(&self, cluster: &str, first: usize) -> Option<usize> {
        let covers = |place: &usize| {
            let font = self.fonts.get(*place);
            font.is_some_and(|font| {
                let coverage = &font.info().coverage;
                cluster.chars().all(|c| coverage.contains(u32::from(c)))
            })
        };
        let others = (0..TRIED).filter(|place| *place != MONO);
        std::iter::once(first).chain(others).find(covers)
    }

    /// Width of a cluster in em; letters that join are a little narrower in truth.
    pub(super) fn width(&self, cluster: &str, place: usize) -> f64 {
        let Some(instance) = self.instances.get(place) else {
            return 0.0;
        };
        let widths = cluster.chars().map(|c| {
            let glyph = instance.ttf().glyph_index(c);
            let advance = glyph.and_then(|glyph| instance.x_advance(glyph.0));
            advance.map_or(1.0, |advance| advance.get())
        });
        widths.sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_is_one_font_and_the_faces_stand_where_they_should() {
        let fonts = Fonts::get();
        assert_eq!(fonts.fonts.len(), FILES.len());
        assert_eq!(fonts.families()[SANS], "IBM Plex Sans");
        assert_eq!(fonts.families()[MONO], "IBM Plex Mono");
    }

    #[test]
    fn the_heavier_cut_covers_what_the_text_face_covers() {
        let fonts = Fonts::get();
        let heavy = &fonts.fonts[TRIED].info().coverage;
        let light = &fonts.fonts[SANS].info().coverage;
        assert!(light.iter().all(|c| heavy.contains(c)));
    }

    #[test]
    fn the_list_of_origins_is_that_of_the_files() {
        let origin = include_str!("../../fonts/origin.toml");
        for (place, file) in FILES.iter().enumerate() {
            let hash = sealscope_proof::sha256(file);
            assert!(origin.contains(&hash.to_string()), "font {place}");
            assert!(
                origin.contains(&format!("bytes = {}", file.len())),
                "{place}"
            );
        }
        assert_eq!(origin.matches("[[font]]").count(), FILES.len());
    }

    #[test]
    fn scripts_of_evidence_can_be_printed() {
        let fonts = Fonts::get();
        for cluster in [
            "a", "é", "日", "한", "ع", "ע", "ไ", "ग", "😀", "␊", "⟦", "✗", "→", "ж",
        ] {
            assert!(fonts.of(cluster, SANS).is_some(), "{cluster}");
        }
        assert_eq!(fonts.of("\u{13000}", SANS), None, "a hieroglyph");
    }
}
