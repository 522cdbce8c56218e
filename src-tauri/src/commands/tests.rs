//! The same list stands in four places; each of them alone would be silent about a slip.

use std::path::Path;

use super::COMMANDS;

fn file(path: &str) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(root.join(path)).expect("the file is there")
}

fn sorted<T: Ord>(mut names: Vec<T>) -> Vec<T> {
    names.sort();
    names
}

#[test]
fn every_command_is_allowed_by_name_and_nothing_else_is() {
    let capability: serde_json::Value =
        serde_json::from_str(&file("capabilities/main.json")).expect("JSON");
    let allowed: Vec<&str> = capability["permissions"]
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(serde_json::Value::as_str)
        .collect();
    let expected: Vec<String> = COMMANDS
        .iter()
        .map(|name| format!("allow-{}", name.replace('_', "-")))
        .collect();
    assert_eq!(sorted(allowed), sorted(expected));
}

#[test]
fn every_command_has_its_handler() {
    let source = file("src/lib.rs");
    let (_, after) = source
        .split_once("generate_handler![")
        .expect("the handlers");
    let (list, _) = after.split_once(']').expect("their end");
    let handlers: Vec<&str> = list
        .split(',')
        .filter_map(|handler| handler.trim().rsplit("::").next())
        .filter(|name| !name.is_empty())
        .collect();
    assert_eq!(sorted(handlers), sorted(COMMANDS.to_vec()));
}
