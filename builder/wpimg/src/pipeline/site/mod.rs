//! The site's own content, as layers above a base.
//!
//! ```text
//! collect  which things the recipe names, and from where
//! composer a Composer project, such as Bedrock
//! things   WordPress releases, plugins, themes, mu-plugins: from archives and directories
//! files    what `[[files]]` adds
//! intakes  one spool and one list of what was left out
//! sink     contents go to the spool and are hashed on the way
//! layer    one layer before it meets a base
//! place    paths meet the base: its links are followed, its directories repeated
//! time     the time of a file, from its contents
//! ```
//!
//! What comes from archives lies in layers below what lies beside the recipe, since it changes less
//! often, and is not even unpacked when its layer is there already. No layer here depends on a
//! package, so a security update of PHP leaves them alone, and all platforms share them.

mod collect;
mod composer;
mod files;
mod intakes;
mod layer;
mod place;
mod sink;
mod things;
mod time;

pub(crate) use collect::SiteContent;
pub(crate) use composer::complete as complete_from_composer;
pub(crate) use things::Component;

use layer::SiteLayer;
