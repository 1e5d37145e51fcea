//! Authentication as the fake does it.

use base64::{Engine as _, engine::general_purpose::STANDARD};

use super::{
    Authentication,
    wire::{Answer, Request},
};

/// Lets a request in, or says what is wanted.
pub(super) fn refuse(
    authentication: &Authentication,
    request: &Request,
    base: &str,
) -> Option<Answer> {
    let given = request.header("authorization");
    match authentication {
        Authentication::Open => None,
        Authentication::Basic { user, password } => {
            let wanted = format!("Basic {}", STANDARD.encode(format!("{user}:{password}")));
            (given != Some(&wanted)).then(|| challenge(r#"Basic realm="fake",service="fake""#))
        }
        Authentication::Bearer { .. } => {
            let wanted = scope(request);
            let granted = given.and_then(|value| value.strip_prefix("Bearer "));
            let granted = granted.and_then(|token| STANDARD.decode(token).ok());
            let granted = String::from_utf8(granted.unwrap_or_default()).unwrap_or_default();
            let enough = wanted.iter().all(|(name, action)| {
                granted.split(' ').any(|scope| {
                    let scope = scope.strip_prefix(&format!("repository:{name}:"));
                    scope.is_some_and(|actions| actions.split(',').any(|known| known == *action))
                })
            });
            (!enough).then(|| {
                let (name, action) = wanted.first().cloned().unwrap_or_default();
                challenge(&format!(
                    r#"Bearer realm="{base}/token",service="fake",scope="repository:{name}:{action}""#
                ))
            })
        }
    }
}

/// The token service: the token is what it allows.
pub(super) fn token(authentication: &Authentication, request: &Request) -> Answer {
    let Authentication::Bearer { user, password } = authentication else {
        return Answer::error(404, "UNSUPPORTED");
    };
    let form = reqwest::Url::parse(&format!(
        "http://fake/?{}",
        String::from_utf8_lossy(&request.body)
    ));
    let form: Vec<(String, String)> = form
        .map(|url| url.query_pairs().into_owned().collect())
        .unwrap_or_default();
    let in_form = |name: &str| {
        form.iter()
            .find(|(known, _)| known == name)
            .map(|(_, v)| v.clone())
    };
    let basic = format!("Basic {}", STANDARD.encode(format!("{user}:{password}")));
    let known = match request.header("authorization") {
        Some(given) if given == basic => true,
        Some(_) => return Answer::error(401, "UNAUTHORIZED"),
        None => in_form("refresh_token").as_deref() == Some(password),
    };
    let mut scopes: Vec<String> = request
        .query
        .iter()
        .filter(|(name, _)| name == "scope")
        .map(|(_, v)| v.clone())
        .collect();
    scopes.extend(in_form("scope"));
    let scopes = scopes.join(" ");
    let granted = if known {
        scopes
    } else {
        scopes.replace("pull,push", "pull")
    };
    let token = STANDARD.encode(granted);
    Answer::new(200).body(format!(r#"{{"access_token":"{token}","expires_in":300}}"#))
}

/// Returns the accesses a request needs.
fn scope(request: &Request) -> Vec<(String, &'static str)> {
    let path = request.path.strip_prefix("/v2/").unwrap_or_default();
    let end = ["/blobs/", "/manifests/", "/referrers/"]
        .iter()
        .find_map(|part| path.find(part));
    let name = path[..end.unwrap_or(0)].to_owned();
    let action = match request.method.as_str() {
        "GET" | "HEAD" => "pull",
        _ => "push",
    };
    let mut wanted = vec![(name, action)];
    wanted.extend(request.query("from").map(|from| (from.to_owned(), "pull")));
    wanted
}

fn challenge(value: &str) -> Answer {
    Answer::error(401, "UNAUTHORIZED").header("www-authenticate", value)
}
