//! The variables of the container (entrypoint/README.md). Secrets are references, which the container resolves with
//! its own role: their values are in no task definition and in no environment.

use serde_json::{Value, json};

use super::capacity::SPOT;
use super::certificate::{NAMED, SECURE};
use super::distribution::DISTRIBUTED;
use super::foundation::CACHE;
use super::image::{DATABASE_WAIT, STOP_BUDGET};
use crate::expression::{any, choose, condition, imported, only_if, reference, text};
use crate::{Kind, Template};

/// Holds where visitors come with HTTPS, whoever ends it.
pub(super) const ENCRYPTED: &str = "IsEncrypted";

/// Seconds in which a task that Spot takes back goes on serving: nobody has told the load balancer before it.
pub(super) const SPOT_DRAIN: u32 = 5;

pub(super) fn add(template: &mut Template) {
    template.parameter(
        "TrustedProxies",
        Kind::Matching {
            pattern: "^[0-9a-fA-F.:/, ]*$",
            explanation: "networks such as 192.0.2.0/24, with commas between",
        },
        "",
        "Networks in front of the load balancer whose X-Forwarded-For is believed, such as CloudFront's; the network's own always is.",
    );
    template.condition(
        ENCRYPTED,
        any(vec![condition(SECURE), condition(DISTRIBUTED)]),
    );
}

/// All variables.
pub(super) fn variables() -> Vec<Value> {
    let scheme = |scheme| text(&format!("{scheme}://${{Domain}}"));
    let home = choose(ENCRYPTED, scheme("https"), scheme("http"));
    let cache = |name, value| only_if(CACHE, variable(name, value));
    vec![
        // Host, name, user and password of the database.
        variable("WPIMG_SECRET", imported("DatabaseSecret")),
        variable("WPIMG_SALT_MASTER", imported("SaltsSecret")),
        only_if(NAMED, variable("WPIMG_HOME", home)),
        cache("WPIMG_REDIS_HOST", imported("CacheHost")),
        cache("WPIMG_REDIS_PORT", imported("CachePort")),
        cache("WPIMG_REDIS_PASSWORD", imported("CacheSecret")),
        cache("WPIMG_REDIS_TLS", "1".into()),
        variable(
            "WPIMG_TRUSTED_PROXIES",
            joined(&[imported("VpcCidr"), ",".into(), reference("TrustedProxies")]),
        ),
        variable("WPIMG_STOP_TIMEOUT", STOP_BUDGET.to_string()),
        variable(
            "WPIMG_DRAIN_DELAY",
            choose(SPOT, SPOT_DRAIN.to_string().into(), "0".into()),
        ),
        variable("WPIMG_DATABASE_WAIT", DATABASE_WAIT.to_string()),
    ]
}

fn variable(name: &str, value: impl Into<Value>) -> Value {
    json!({ "Name": name, "Value": value.into() })
}

fn joined(parts: &[Value]) -> Value {
    json!({ "Fn::Join": ["", parts] })
}
