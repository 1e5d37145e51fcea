//! Asking what is attached to an image.

use reqwest::{
    Method, Response, StatusCode, Url,
    header::{ACCEPT, HeaderValue, LINK},
};
use serde::Deserialize;
use wpimg_oci::{digest::Digest, image::Descriptor, media_type};

use super::fallback::fallback_tag;
use crate::{
    auth::Scope,
    client::{Call, Failure, Registry, read_bounded, refusal, same_origin},
    document::{LARGEST, parse},
    error::{Object, RegistryError, Target},
    reference::Repository,
};

/// A registry that has more has lost count, or is playing.
const MOST_PAGES: usize = 64;
const MOST_ENTRIES: usize = 4096;

/// What is read of an index of artifacts.
#[derive(Deserialize)]
struct Page {
    #[serde(default)]
    manifests: Vec<Descriptor>,
}

impl Registry {
    /// Lists what is attached to `subject`: from the registry, or from the fallback tag.
    pub async fn referrers(
        &self,
        repository: &Repository,
        subject: Digest,
    ) -> Result<Vec<Descriptor>, RegistryError> {
        if let Some(listed) = self.listed_referrers(repository, subject).await? {
            return Ok(listed);
        }
        let tag = fallback_tag(&subject);
        let accept = [media_type::IMAGE_INDEX];
        match self.fetch_manifest(repository, &tag, &accept, &()).await {
            Ok(fetched) => {
                let target = Target::manifest(repository, &tag);
                Ok(parse::<Page>(&target, &fetched.bytes)?.manifests)
            }
            Err(RegistryError::NotFound { .. }) => Ok(Vec::new()),
            Err(error) => Err(error),
        }
    }

    /// Asks the registry; `None` if it keeps no such list.
    pub(super) async fn listed_referrers(
        &self,
        repository: &Repository,
        subject: Digest,
    ) -> Result<Option<Vec<Descriptor>>, RegistryError> {
        let target = Target::new(repository, Object::Referrers(subject));
        let endpoint = self.endpoint_of(&target)?;
        let mut next = Some(endpoint.url(repository, &["referrers", &subject.to_string()]));
        let mut all = Vec::new();
        let mut pages = 0;
        while let Some(url) = next.take() {
            pages += 1;
            if pages > MOST_PAGES || all.len() > MOST_ENTRIES {
                return Err(RegistryError::TooMany {
                    target,
                    limit: MOST_ENTRIES,
                });
            }
            let mut tries = self.tries(&target, &());
            let page = loop {
                match self.referrers_page(&target, &url).await {
                    Ok(page) => break page,
                    Err(failure) => tries.after(failure).await?,
                }
            };
            let Some((entries, link)) = page else {
                return Ok(None);
            };
            all.extend(entries);
            next = link.filter(|link| same_origin(link, endpoint.base()));
        }
        Ok(Some(all))
    }

    async fn referrers_page(
        &self,
        target: &Target,
        url: &Url,
    ) -> Result<Option<(Vec<Descriptor>, Option<Url>)>, Failure> {
        let scope = Scope::pull(&target.repository);
        let mut call = Call::new(target, Method::GET, url.clone(), &scope);
        call.headers
            .insert(ACCEPT, HeaderValue::from_static(media_type::IMAGE_INDEX));
        let response = self.exchange(&call).await?;
        match response.status() {
            StatusCode::OK => {}
            // In the order of how registries say that they do not know the question.
            StatusCode::NOT_FOUND
            | StatusCode::METHOD_NOT_ALLOWED
            | StatusCode::BAD_REQUEST
            | StatusCode::NOT_IMPLEMENTED => return Ok(None),
            _ => return Err(refusal(self, target, response).await),
        }
        let link = next_link(url, &response);
        let bytes = read_bounded(self, target, response, LARGEST).await?;
        Ok(Some((parse::<Page>(target, &bytes)?.manifests, link)))
    }
}

/// Reads `Link: <…>; rel="next"` (RFC 8288).
fn next_link(asked: &Url, response: &Response) -> Option<Url> {
    let text = response.headers().get(LINK)?.to_str().ok()?;
    let (address, parameters) = text.strip_prefix('<')?.split_once('>')?;
    let is_next = parameters.contains("rel=\"next\"") || parameters.contains("rel=next");
    is_next.then(|| asked.join(address).ok()).flatten()
}
