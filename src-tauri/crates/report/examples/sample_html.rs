//! Writes the sample report as a page, and says how long it took: `sample_html COUNT FILE`.

use std::fs::File;
use std::io::BufWriter;
use std::time::Instant;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().collect();
    let [_, count, path] = arguments.as_slice() else {
        return Err("usage: sample_html COUNT FILE".into());
    };
    let begin = Instant::now();
    let package = sealscope_report::testing::package(count.parse()?);
    println!("gathered after {:?}", begin.elapsed());
    let begin = Instant::now();
    sealscope_report::html::write(&package, BufWriter::new(File::create(path)?))?;
    let bytes = std::fs::metadata(path)?.len();
    println!("written in {:?}, {bytes} bytes", begin.elapsed());
    drop(package);
    let begin = Instant::now();
    let page = std::fs::read(path)?;
    let read = sealscope_report::html::extract(&page)?;
    println!(
        "read again in {:?}, {} exhibits",
        begin.elapsed(),
        read.content().exhibits.len()
    );
    Ok(())
}
