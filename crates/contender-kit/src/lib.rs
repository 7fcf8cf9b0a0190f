//! contender-kit
