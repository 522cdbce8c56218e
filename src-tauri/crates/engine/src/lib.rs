//! The one public interface: open, verify, search, page, prove.
