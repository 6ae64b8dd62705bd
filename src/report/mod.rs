//! What a run says, one file a form. Writers receive complete findings and drop nothing.

pub mod concise;
mod excerpt;
pub mod full;
pub mod json;
pub mod problems;
pub mod summary;

/// How texts for people are drawn.
#[derive(Debug, Clone, Copy)]
pub struct Style {
    /// Colours.
    pub color: bool,
    /// Width of the terminal in characters.
    pub width: usize,
    /// Say also where the policy asks for it.
    pub verbose: bool,
}
