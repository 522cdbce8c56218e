//! The page around its sections: policy, style, embedded data, script.

use std::io::{self, Write};

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use sealscope_case::SectionId;
use sealscope_model::Digest;
use sha2::{Digest as _, Sha256};

use super::markup::Html;
use super::{background, exhibits, front, integrity, work};
use crate::content::{Content, SectionOf};
use crate::package::Package;

/// The look.
pub(super) const STYLE: &str = concat!(
    include_str!("style.css"),
    include_str!("drawings.css"),
    include_str!("exhibits.css"),
    include_str!("print.css")
);
/// The check.
pub(super) const SCRIPT: &str = include_str!("verify.js");

pub(super) const REPORT_OPEN: &str = "<script type=\"application/json\" id=\"report\">";
pub(super) const FILE_OPEN: &str = "<script type=\"text/plain\" class=\"file\" data-name=\"";
pub(super) const DIGESTS_OPEN: &str = "<script type=\"application/json\" id=\"digests\">";
pub(super) const CLOSE: &str = "</script>\n";

pub(super) fn write(package: &Package, mut out: impl Write) -> io::Result<()> {
    let content = package.content();
    let report_sha256 = content.sha256();
    write_head(content, &report_sha256, &mut out)?;
    out.write_all(b"<main>")?;
    let mut main = Hashed::new(&mut out);
    write_main(content, &report_sha256, &mut main)?;
    let main_sha256 = main.sha256();
    out.write_all(b"</main>\n")?;
    out.write_all(REPORT_OPEN.as_bytes())?;
    content.write_json(Escaped::new(&mut out))?;
    out.write_all(CLOSE.as_bytes())?;
    for file in package.files() {
        let base64 = BASE64.encode(&file.bytes);
        // Names are letters, digits and `-_./` only.
        write!(out, "{FILE_OPEN}{}\">{base64}{CLOSE}", file.name)?;
    }
    write!(
        out,
        "{DIGESTS_OPEN}{{\"main\":\"{main_sha256}\",\"report\":\"{report_sha256}\"}}{CLOSE}"
    )?;
    write!(out, "<script>{SCRIPT}{CLOSE}</body>\n</html>\n")?;
    out.flush()
}

fn write_head(content: &Content, report_sha256: &str, out: &mut impl Write) -> io::Result<()> {
    let margins = print_margins(content, report_sha256);
    // With `default-src 'none'` nothing is loaded and nothing runs but the one script.
    let policy = format!(
        "default-src 'none'; script-src '{}'; style-src '{}' '{}'; img-src data:; \
         base-uri 'none'; form-action 'none'",
        source_hash(SCRIPT),
        source_hash(STYLE),
        source_hash(&margins)
    );
    let mut title = Html::default();
    title.words("Report ");
    title.words(id_for_title(content));
    write!(
        out,
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"{policy}\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"referrer\" content=\"no-referrer\">\n\
         <meta name=\"color-scheme\" content=\"light\">\n\
         <title>{}</title>\n<style>{STYLE}</style>\n<style>{margins}</style>\n</head>\n<body>\n",
        title.take()
    )
}

/// An id that is none is not repeated where it would stand without marks around it.
fn id_for_title(content: &Content) -> &str {
    let id = content.report_id.as_str();
    let is_uuid = id.len() == 36 && id.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-');
    if is_uuid { id } else { "" }
}

/// What stands at the foot of each printed page.
fn print_margins(content: &Content, report_sha256: &str) -> String {
    let id = id_for_title(content);
    format!(
        "@page {{ @bottom-left {{ content: \"Report {id}\\A SHA-256 {report_sha256}\"; }} \
         @bottom-right {{ content: \"page \" counter(page) \" of \" counter(pages); }} }}"
    )
}

/// As a content security policy names a script or style.
pub(super) fn source_hash(text: &str) -> String {
    format!("sha256-{}", BASE64.encode(Sha256::digest(text)))
}

fn write_main<W: Write>(
    content: &Content,
    report_sha256: &str,
    main: &mut Hashed<W>,
) -> io::Result<()> {
    let mut html = Html::default();
    front::write(&mut html, content, report_sha256);
    main.send(&mut html)?;
    for (place, section) in content.sections.iter().enumerate() {
        open_section(&mut html, place, section);
        if section.id == SectionId::Exhibits {
            exhibits::introduce(&mut html, content);
            main.send(&mut html)?;
            for exhibit in &content.exhibits {
                exhibits::exhibit(&mut html, content, exhibit);
                main.send(&mut html)?;
            }
            exhibits::checkpoints(&mut html, content);
        } else {
            section_body(&mut html, content, section.id);
        }
        html.raw("</section>\n");
        main.send(&mut html)?;
    }
    front::end(&mut html, report_sha256);
    main.send(&mut html)
}

fn open_section(html: &mut Html, place: usize, section: &SectionOf) {
    let number = place as u64 + 1;
    html.raw("\n<section class=\"part\" id=\"s").bare(number);
    html.raw("\" aria-labelledby=\"h").bare(number).raw("\">\n");
    html.raw("<h2 id=\"h").bare(number);
    html.raw("\"><span class=\"no\">")
        .bare(number)
        .raw("</span> ");
    html.data(&section.heading).raw("</h2>\n");
}

fn section_body(html: &mut Html, content: &Content, id: SectionId) {
    match id {
        SectionId::Identity => background::identity(html, content),
        SectionId::People => background::people(html, content),
        SectionId::Scope => background::scope(html, content),
        SectionId::Items => background::items(html, content),
        SectionId::Custody => background::custody(html, content),
        SectionId::Method => background::method(html, content),
        SectionId::Time => background::time(html, content),
        SectionId::Integrity => integrity::integrity(html, content),
        SectionId::Completeness => integrity::completeness(html, content),
        SectionId::Queries => work::queries(html, content),
        SectionId::Timeline => work::timeline(html, content),
        SectionId::Findings => work::findings(html, content),
        SectionId::Limits => work::limits(html, content),
        SectionId::Redactions => work::redactions(html, content),
        SectionId::Reproduction => work::reproduction(html, content),
        SectionId::Declarations => work::declarations(html, content),
        SectionId::Attachments => work::attachments(html, content),
        // Written piece by piece by the caller.
        SectionId::Exhibits => {}
    }
}

/// Writes and hashes.
struct Hashed<W> {
    out: W,
    sha256: Sha256,
}

impl<W: Write> Hashed<W> {
    fn new(out: W) -> Self {
        let sha256 = Sha256::new();
        Self { out, sha256 }
    }

    fn send(&mut self, html: &mut Html) -> io::Result<()> {
        let text = html.take();
        self.sha256.update(text.as_bytes());
        self.out.write_all(text.as_bytes())
    }

    fn sha256(self) -> String {
        Digest::new(self.sha256.finalize().into()).to_string()
    }
}

/// Writes JSON so that nothing in it ends or opens an element: `<` stands only in its strings.
struct Escaped<W> {
    out: W,
    held: Vec<u8>,
}

/// Small pieces are held together until they have this many bytes.
const HELD_BYTES_MAX: usize = 1 << 16;

impl<W: Write> Escaped<W> {
    fn new(out: W) -> Self {
        let held = Vec::with_capacity(HELD_BYTES_MAX);
        Self { out, held }
    }

    fn pass_on(&mut self) -> io::Result<()> {
        let written = self.out.write_all(&self.held);
        self.held.clear();
        written
    }
}

impl<W: Write> Write for Escaped<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        for byte in bytes {
            match byte {
                b'<' => self.held.extend_from_slice(b"\\u003c"),
                _ => self.held.push(*byte),
            }
        }
        if self.held.len() >= HELD_BYTES_MAX {
            self.pass_on()?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.pass_on()
    }
}
