//! `sealscope-desktop`: reads the command line and opens the window.

#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

use std::process::ExitCode;

use sealscope_desktop::launch::{self, Request};

fn main() -> ExitCode {
    let launch = match launch::parse(std::env::args_os().skip(1)) {
        Ok(Request::Open(launch)) => launch,
        Ok(Request::Print(text)) => {
            print!("{text}");
            return ExitCode::SUCCESS;
        }
        Err(error) => {
            eprintln!("sealscope-desktop: {}", error.0);
            return ExitCode::from(2);
        }
    };
    sealscope_desktop::rendering::restart_if_wanted(launch.safe_rendering);
    match sealscope_desktop::run(launch) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("sealscope-desktop: the window could not be opened: {error}.");
            ExitCode::from(2)
        }
    }
}
