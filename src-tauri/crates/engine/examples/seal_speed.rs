//! Seals a file several times and prints how fast: `seal_speed INPUT OUT.sealog [ROUNDS]`.

use std::path::PathBuf;
use std::time::Instant;

use sealscope_engine::{Cancel, Ending, Progress, SealInput, SealMode, SealRequest, Signer, seal};

fn main() {
    let mut arguments = std::env::args().skip(1);
    let (Some(input), Some(out)) = (arguments.next(), arguments.next()) else {
        eprintln!("usage: seal_speed INPUT OUT.sealog [ROUNDS]");
        std::process::exit(2);
    };
    let rounds = arguments
        .next()
        .and_then(|rounds| rounds.parse().ok())
        .unwrap_or(3);
    let signer = Signer::from_seed("speed", &[1; 32]).expect("the name is valid");
    for round in 0..rounds {
        let out = PathBuf::from(format!("{out}.{round}"));
        let begun = Instant::now();
        let request = SealRequest {
            inputs: vec![SealInput::Path(PathBuf::from(&input))],
            out: out.clone(),
            mode: SealMode::New,
            origin: Some("example.org/speed".to_owned()),
            signer: &signer,
            leaf_lists: true,
            ending: Ending::Close,
            schema: None,
            tool: "seal_speed".to_owned(),
            now: &|| 0,
            uuid: &|| [1; 16],
            threads: 0,
        };
        let report = seal(request, &Progress::default(), &Cancel::default()).expect("it is sealed");
        let seconds = begun.elapsed().as_secs_f64();
        println!(
            "{} entries, {:.1} MB raw, {:.1} MB sealed ({:.3}) in {seconds:.2} s: {:.0} MB/s",
            report.entries,
            report.bytes_raw as f64 / 1e6,
            report.archive_bytes as f64 / 1e6,
            report.archive_bytes as f64 / report.bytes_raw as f64,
            report.bytes_raw as f64 / 1e6 / seconds
        );
        std::fs::remove_file(out).expect("it was written");
    }
}
