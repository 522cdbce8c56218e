//! AWS CloudTrail log files with the digest files that seal them.

/// A CloudTrail folder that is open.
#[derive(Debug)]
pub struct CloudTrailArchive;

/// What is known of a log file from its own bytes.
#[derive(Debug, Default)]
pub struct LogFileSeal;
