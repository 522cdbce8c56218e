//! The real program `sealscope`, as a person or a script runs it.

mod contracts;
mod exporting;
mod giving_back;
mod help;
mod inputs;
mod interrupting;
mod outside;
mod readme;
mod reporting;
mod sealing;
mod searching;
mod terminal;
mod verdicts;
mod world;
