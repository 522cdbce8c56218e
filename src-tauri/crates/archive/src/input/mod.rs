//! What stands between a file as found and its lines: packing, kinds of content, folders.

mod content;
mod folder;
mod unpack;

pub use content::{Content, look_at};
pub use folder::{FolderListing, Skipped, list_folder};
pub use unpack::{AsFound, Packing, UnpackFault, Unpacker};
