//! `wpimg-init -- CMD`, as the first process of a namespace and among others.

mod ends;
mod orphans;
mod signals;
mod terminal;
