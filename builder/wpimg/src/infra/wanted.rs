//! What a stack should be: its template, and the parameters that the recipe, and what is there, give it.

use std::collections::BTreeMap;

use wpimg_environment::Stack;

use super::Site;
use crate::error_report::Failure;

/// What the image parameter says before the first deployment. No task runs it: there are none until then.
pub(crate) const NO_IMAGE: &str = "wpimg.invalid/no-image-yet";

/// What the image parameter is for, as Parameter Store shows it.
pub(crate) const DESCRIPTION: &str = "The image that the site runs; wpimg deploy writes it";

/// The parameter of the app stack that counts tasks.
const COUNT: &str = "DesiredCount";

/// A stack to be.
pub(crate) struct Wanted {
    pub(crate) template: String,
    pub(crate) parameters: BTreeMap<String, String>,
}

/// What the recipe makes of a stack, with `image` as the image parameter has it.
pub(crate) fn wanted(stack: Stack, site: &Site, image: Option<&str>) -> Wanted {
    let mut parameters = site.environment.parameters(stack).clone();
    match stack {
        Stack::Data => {}
        Stack::App => {
            let count = parameters.remove(COUNT);
            parameters.insert(COUNT.to_owned(), desired_count(count, image));
        }
    }
    Wanted {
        template: stack.template().to_json().to_string(),
        parameters,
    }
}

/// A service whose image is not there would never become stable, and its stack neither. Later the number is the business
/// of deployments and of scaling, unless the recipe says one.
fn desired_count(said: Option<String>, image: Option<&str>) -> String {
    match image {
        None | Some(NO_IMAGE) => "0".to_owned(),
        Some(_) => said.unwrap_or_else(|| "auto".to_owned()),
    }
}

/// What the image parameter says now.
pub(crate) async fn image(site: &Site) -> Result<Option<String>, Failure> {
    let name = site.environment.image_parameter();
    Ok(site.session.parameters().get(&name).await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_task_is_wanted_before_there_is_an_image() {
        let image = Some("registry.example/shop@sha256:0");
        for (said, image, expected) in [
            (None, None, "0"),
            (Some("3"), None, "0"),
            (Some("3"), Some(NO_IMAGE), "0"),
            (None, image, "auto"),
            (Some("3"), image, "3"),
        ] {
            let count = desired_count(said.map(str::to_owned), image);
            assert_eq!(count, expected, "{said:?} {image:?}");
        }
    }
}
