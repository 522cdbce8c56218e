//! A search that runs while others look at it.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use crate::progress::Cancel;
use crate::search::{Search, SearchError, SearchSpec};
use crate::workspace::Workspace;

/// How far a search is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SearchProgress {
    /// Hits so far.
    pub count: u64,
    /// Rows searched so far.
    pub searched: u64,
    /// Rows known so far.
    pub total: u64,
    /// Whether it goes on.
    pub is_running: bool,
    /// Whether the count is exact: every entry was searched.
    pub is_exact: bool,
}

/// A search under way, or done. Dropping it stops it.
#[derive(Debug)]
pub struct SearchJob {
    workspace: Arc<Workspace>,
    shared: Arc<Shared>,
    cancel: Cancel,
}

#[derive(Debug, Default)]
struct Shared {
    count: AtomicU64,
    searched: AtomicU64,
    outcome: Mutex<Option<Result<Arc<Search>, Arc<SearchError>>>>,
}

impl Workspace {
    /// Starts a search on a thread of its own. One that an index or the rows known so far can
    /// answer is done when this returns.
    ///
    /// # Errors
    /// The query has no meaning.
    pub fn start_search(self: &Arc<Self>, spec: SearchSpec) -> Result<SearchJob, SearchError> {
        let (query, _) = crate::search::query_of(&spec)?;
        let is_quick = spec.join.is_none()
            && (query == sealscope_index::query::Query::All || self.is_indexed());
        let (shared, cancel) = (Arc::new(Shared::default()), Cancel::default());
        let job = SearchJob {
            workspace: Arc::clone(self),
            shared: Arc::clone(&shared),
            cancel: cancel.clone(),
        };
        let workspace = Arc::clone(self);
        let work = move || {
            let tell = |count: u64, searched: u64| {
                shared.count.fetch_max(count, Ordering::Relaxed);
                shared.searched.fetch_max(searched, Ordering::Relaxed);
            };
            let outcome = workspace.search_with(spec, &cancel, &tell);
            let outcome = outcome.map(Arc::new).map_err(Arc::new);
            *shared
                .outcome
                .lock()
                .unwrap_or_else(PoisonError::into_inner) = Some(outcome);
        };
        if is_quick {
            work();
        } else {
            std::thread::spawn(work);
        }
        Ok(job)
    }
}

impl SearchJob {
    /// How far it is.
    #[must_use]
    pub fn progress(&self) -> SearchProgress {
        let total = crate::prefix::rows_known(self.workspace.archives());
        match self.outcome() {
            Some(Ok(search)) => SearchProgress {
                count: search.count(),
                searched: search.searched_rows(),
                total: total.max(search.searched_rows()),
                is_running: false,
                is_exact: search.is_exact(),
            },
            outcome => SearchProgress {
                count: self.shared.count.load(Ordering::Relaxed),
                searched: self.shared.searched.load(Ordering::Relaxed),
                total,
                is_running: outcome.is_none(),
                is_exact: false,
            },
        }
    }

    /// The answer, once it is there.
    #[must_use]
    pub fn outcome(&self) -> Option<Result<Arc<Search>, Arc<SearchError>>> {
        self.shared
            .outcome
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Asks it to stop.
    pub fn stop(&self) {
        self.cancel.stop();
    }
}

impl Drop for SearchJob {
    fn drop(&mut self) {
        self.cancel.stop();
    }
}
