//! Where the program keeps its own files: never beside evidence.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// The folders of one examiner on one machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Places {
    /// Trust store and preferences.
    pub config: PathBuf,
    /// Indexes and unpacked copies: may be deleted at any time.
    pub cache: PathBuf,
    /// The list of recent archives, and the cases.
    pub data: PathBuf,
}

impl Places {
    /// The user's own folders; all under `$SEALSCOPE_HOME` where that is set. `None` where the
    /// system has no home folder.
    #[must_use]
    pub fn of_user() -> Option<Self> {
        if let Some(home) = std::env::var_os("SEALSCOPE_HOME").filter(|home| !home.is_empty()) {
            return Some(Self::under(Path::new(&home)));
        }
        let dirs = directories::ProjectDirs::from("org", "Sealscope", "sealscope")?;
        Some(Self {
            config: dirs.config_dir().to_owned(),
            cache: dirs.cache_dir().to_owned(),
            data: dirs.data_dir().to_owned(),
        })
    }

    /// All folders under one.
    #[must_use]
    pub fn under(root: &Path) -> Self {
        Self {
            config: root.join("config"),
            cache: root.join("cache"),
            data: root.join("data"),
        }
    }

    /// The examiner's trust store.
    #[must_use]
    pub fn trust_store(&self) -> PathBuf {
        self.config.join("trust.json")
    }

    /// The folder for unpacked copies, made if missing.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn spool(&self) -> io::Result<PathBuf> {
        private_folder(&self.cache.join("spool"))
    }

    /// The folder of the cases, made if missing.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn cases(&self) -> io::Result<PathBuf> {
        private_folder(&self.data.join("cases"))
    }

    /// The folder of the indexes, made if missing.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn indexes(&self) -> io::Result<PathBuf> {
        private_folder(&self.cache.join("index"))
    }
}

/// Makes a folder that only its owner may enter (mode 0700).
pub(crate) fn private_folder(path: &Path) -> io::Result<PathBuf> {
    fs::create_dir_all(path)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        fs::set_permissions(path, fs::Permissions::from_mode(0o700))?;
    }
    Ok(path.to_owned())
}
