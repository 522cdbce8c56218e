//! Hits as comma-separated values (RFC 4180, line feeds as line ends).

use sealscope_engine::shown::csv_cell;
use sealscope_engine::{Row, Workspace};

use crate::failure::Failure;
use crate::output::Output;
use crate::times;

const COLUMNS: &str = "archive,position,record,time,verdict,leaf,who,did,to_what,from_where,outcome,\
                       decision,severity,class,message,raw";

/// The names of the columns.
pub fn header(output: &mut Output) -> Result<(), Failure> {
    Ok(output.line(COLUMNS)?)
}

/// Some rows.
pub fn rows(rows: &[Row], workspace: &Workspace, output: &mut Output) -> Result<(), Failure> {
    for row in rows {
        let archive = workspace.archives().get(row.archive);
        let path = archive.map(|archive| archive.path().to_string_lossy().into_owned());
        let has_leaf = archive.is_some_and(|archive| archive.format() == "sealog");
        let spine = &row.spine;
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        let cells = [
            path.unwrap_or_default(),
            row.position.to_string(),
            row.record.to_string(),
            spine.time.map(times::of_entry).unwrap_or_default(),
            row.verdict
                .map_or("unchecked", |verdict| verdict.word())
                .to_owned(),
            if has_leaf {
                row.leaf.to_hex()
            } else {
                String::new()
            },
            text(&spine.who),
            text(&spine.did),
            text(&spine.to_what),
            text(&spine.from_where),
            text(&spine.outcome),
            text(&spine.decision),
            spine
                .severity
                .map(|severity| severity.word().to_owned())
                .unwrap_or_default(),
            spine.class.word().to_owned(),
            spine.message.clone(),
            String::from_utf8_lossy(&row.raw).into_owned(),
        ];
        output.line(&line(&cells))?;
    }
    Ok(())
}

/// One line; cells that a spreadsheet would run as formulas are defused.
pub fn line(cells: &[String]) -> String {
    let cells: Vec<String> = cells.iter().map(|cell| csv_cell(cell)).collect();
    cells.join(",")
}
