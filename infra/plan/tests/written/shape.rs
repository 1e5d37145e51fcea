//! Both stacks with some of their parameters chosen, in one region.

use std::collections::BTreeMap;

use wpimg_plan::{
    cost::{Assumptions, Estimate},
    evaluate::{Inputs, exports},
};
use wpimg_template::{Template, app, data};

/// The regions whose prices are known.
pub(crate) const REGIONS: [&str; 2] = ["us-east-1", "eu-west-1"];

/// Names of parameters and what they are given.
pub(crate) type Parameters = &'static [(&'static str, &'static str)];

/// A site runs: its first image is there, and scaling says how many tasks there are.
const RUNNING: (&str, &str) = ("DesiredCount", "auto");

/// What the data stack is called.
const DATA_STACK: (&str, &str) = ("DataStack", "site-data");

/// What a site costs.
pub(crate) struct Site {
    pub(crate) data: Estimate,
    pub(crate) app: Estimate,
}

impl Site {
    /// Estimates a site, each stack with those of the parameters that it has. The app stack knows what the data stack exports.
    pub(crate) fn of(chosen: Parameters, region: &str) -> Self {
        let (data, app) = (data::template(), app::template());
        for (name, _) in chosen {
            let is_known = [&data, &app].map(|template| template.parameters.contains_key(name));
            assert!(
                is_known.contains(&true),
                "no stack has a parameter `{name}`"
            );
        }
        let data_inputs = Inputs {
            parameters: taken(&data, chosen),
            region: region.to_owned(),
            stack: Some(DATA_STACK.1.to_owned()),
            ..Inputs::default()
        };
        let mut parameters = taken(&app, chosen);
        for (name, value) in [RUNNING, DATA_STACK] {
            parameters.insert(name.to_owned(), value.to_owned());
        }
        let app_inputs = Inputs {
            parameters,
            exports: exports(&data.to_json(), &data_inputs)
                .expect("a template with these parameters"),
            region: region.to_owned(),
            ..Inputs::default()
        };
        let estimate = |template: &Template, inputs: &Inputs| {
            Estimate::of(&template.to_json(), inputs, &Assumptions::default())
                .expect("a template with these parameters")
        };
        Self {
            data: estimate(&data, &data_inputs),
            app: estimate(&app, &app_inputs),
        }
    }

    /// USD a month.
    pub(crate) fn total(&self) -> f64 {
        self.data.total() + self.app.total()
    }

    pub(crate) fn stacks(&self) -> [(&'static str, &Estimate); 2] {
        [("data", &self.data), ("app", &self.app)]
    }
}

/// Those of the parameters that this stack has.
fn taken(template: &Template, chosen: Parameters) -> BTreeMap<String, String> {
    let chosen = chosen.iter();
    chosen
        .filter(|(name, _)| template.parameters.contains_key(name))
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect()
}
