//! To come.
use crate::record::Record;
use crate::schema::{Recognition, Schema};
use crate::settings::Settings;
/// See the [module](self).
#[derive(Debug, Clone, Copy)]
pub struct CloudTrail;
impl Schema for CloudTrail {
    fn name(&self) -> &'static str {
        "cloudtrail"
    }
    fn describe(&self) -> &'static str {
        "cloudtrail"
    }
    fn recognize(&self, _: &[&[u8]]) -> Recognition {
        Recognition::No
    }
    fn read(
        &self,
        entry: &[u8],
        settings: &Settings,
        record: &mut Record,
        each: &mut dyn FnMut(u32, &Record),
    ) {
        super::text::Text.read(entry, settings, record, each);
    }
}
