//! Releases of a site: what `wpimg_rollout` decides is asked and done here.
//!
//! ```text
//! live      the service as it runs, found by what the app stack tells
//! image     which image, by its digest, and for which platforms
//! check     the facts that could make a release fail, before anything is touched
//! follow    one deployment, up to its end
//! log       the last lines of containers
//! once      a task that runs once
//! set_up    the site's own user in the database
//! answer    whether the site answers, asked at its load balancer
//! voice     what is said on the way, for people and for programs
//! ```

mod answer;
mod check;
mod error;
mod follow;
mod image;
mod live;
mod log;
mod once;
mod set_up;
mod voice;

pub(crate) use answer::SiteQuestion;
pub(crate) use check::facts;
pub(crate) use error::ReleaseError;
pub(crate) use follow::{Following, follow};
pub(crate) use image::{Found, find};
pub(crate) use live::{CONTAINER, Live, running_image};
pub(crate) use log::LogPlace;
pub(crate) use once::{Once, run_once};
pub(crate) use set_up::{is_first, set_up};
pub(crate) use voice::Voice;
