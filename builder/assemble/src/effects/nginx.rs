//! `nginx-common`: its log directory. The site itself is configured in `/etc/wpimg`.

use super::{Context, EffectError};

/// Group `adm` of Debian's static ids, which may read logs.
const ADM_GROUP: u32 = 4;

pub(super) fn apply(context: &mut Context<'_>) -> Result<(), EffectError> {
    if context.exists("var/log/nginx") {
        context.directory("var/log/nginx", 0o755, (0, ADM_GROUP))?;
    }
    Ok(())
}
