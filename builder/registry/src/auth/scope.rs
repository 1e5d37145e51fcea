//! What a token is for: `repository:shop:pull,push`.

use crate::reference::Repository;

/// The accesses one request needs.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Scope(Vec<String>);

impl Scope {
    pub(crate) fn pull(repository: &Repository) -> Self {
        Self(vec![format!("repository:{}:pull", repository.name())])
    }

    pub(crate) fn push(repository: &Repository) -> Self {
        Self(vec![format!("repository:{}:pull,push", repository.name())])
    }

    /// Pushing here what is read from there.
    pub(crate) fn mount(to: &Repository, from: &Repository) -> Self {
        let mut scope = Self::push(to);
        scope.0.extend(Self::pull(from).0);
        scope
    }

    /// Returns what to ask a token service for. One with words of its own (ECR Public says `aws`)
    /// is asked in them.
    pub(super) fn wishes<'a>(&'a self, challenged: Option<&'a str>) -> Vec<&'a str> {
        match challenged {
            Some(literal) if !literal.is_empty() && !literal.starts_with("repository:") => {
                vec![literal]
            }
            _ => self.0.iter().map(String::as_str).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_service_with_words_of_its_own_is_asked_in_them() {
        let (to, from): (Repository, Repository) = (
            "r.example/prod".parse().unwrap(),
            "r.example/dev".parse().unwrap(),
        );
        let scope = Scope::mount(&to, &from);
        assert_eq!(
            scope.wishes(Some("repository:prod:pull")),
            ["repository:prod:pull,push", "repository:dev:pull"]
        );
        assert_eq!(scope.wishes(Some("aws")), ["aws"]);
        assert_eq!(scope.wishes(None).len(), 2);
    }
}
