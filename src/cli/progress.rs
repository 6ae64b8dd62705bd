//! The progress bar: only where somebody looks, and only when a run takes longer than a moment.

use std::sync::OnceLock;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::engine::Progress;

/// A run that ends sooner shows nothing.
const MOMENT: Duration = Duration::from_millis(400);

/// Counts files, and shows the count once the moment has passed.
pub(super) struct Bar {
    begun: Instant,
    shown: bool,
    bar: ProgressBar,
    drawn: OnceLock<()>,
}

impl Bar {
    pub(super) fn new(files: usize, shown: bool) -> Self {
        let bar =
            ProgressBar::with_draw_target(u64::try_from(files).ok(), ProgressDrawTarget::hidden());
        Self {
            begun: Instant::now(),
            shown,
            bar,
            drawn: OnceLock::new(),
        }
    }

    pub(super) fn finish(&self) {
        self.bar.finish_and_clear();
    }
}

impl Progress for Bar {
    fn done(&self) {
        self.bar.inc(1);
        if self.shown && self.begun.elapsed() >= MOMENT {
            self.drawn.get_or_init(|| {
                if let Ok(style) = ProgressStyle::with_template("{bar:30} {pos}/{len} files") {
                    self.bar.set_style(style);
                }
                self.bar.set_draw_target(ProgressDrawTarget::stderr());
            });
        }
    }
}

/// Nobody looks on.
#[derive(Debug)]
pub(super) struct Silent;

impl Progress for Silent {
    fn done(&self) {}
}
