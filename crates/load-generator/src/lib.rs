//! load-generator
