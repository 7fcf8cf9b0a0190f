//! How far what came back agrees with what should.

use crate::case::ExpectedEvent;

/// How far the events agree with a list.
#[derive(Clone, Debug)]
pub(crate) struct Matching<'a> {
    wanted: Option<&'a [ExpectedEvent]>,
    seen: usize,
    equal: bool,
}

/// How far echoes that are counted came.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Echoes {
    pub(crate) right: u64,
    pub(crate) wrong: bool,
}

/// What the events say; see [`crate::judge`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Agreement {
    pub(crate) ok: bool,
    pub(crate) non_strict: bool,
    /// The server doesn't have what the case is about.
    pub(crate) unimplemented: bool,
}

impl<'a> Matching<'a> {
    pub(crate) fn new(wanted: Option<&'a [ExpectedEvent]>) -> Self {
        Self {
            wanted,
            seen: 0,
            equal: true,
        }
    }

    pub(crate) fn saw(&mut self, is: impl FnOnce(&ExpectedEvent) -> bool) {
        let wanted = self.wanted.and_then(|wanted| wanted.get(self.seen));
        self.equal &= wanted.is_some_and(is);
        self.seen += 1;
    }

    pub(crate) fn complete(&self) -> bool {
        self.equal && self.wanted.is_some_and(|wanted| wanted.len() == self.seen)
    }

    /// Whether nothing has come that the list doesn't have there.
    pub(crate) fn may_become_complete(&self) -> bool {
        self.equal && self.wanted.is_some()
    }
}
