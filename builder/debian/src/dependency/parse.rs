//! Reads relation fields: `Depends`, `Conflicts`, `Provides` and their kin.
//!
//! Refuses a relation with anything left over, so a misread field is never half understood.
//! The deprecated `<` and `>` mean `<=` and `>=`, as in dpkg. Source: Debian Policy 7.1.

use std::str::FromStr;

use super::{
    Alternatives, Constraint, DependencyError, Operator, Qualifier, Relation, Restriction,
};
use crate::{architecture::Architecture, excerpt::excerpt, name::PackageName};

/// Parses a whole field; an empty field has no alternatives.
pub fn parse_dependencies(field: &str) -> Result<Vec<Alternatives>, DependencyError> {
    field
        .split(',')
        .map(str::trim)
        .filter(|group| !group.is_empty())
        .map(|group| {
            let relations: Result<Vec<_>, _> = group
                .split('|')
                .map(|text| match text.trim() {
                    "" => Err(DependencyError::EmptyAlternative {
                        field: excerpt(group),
                    }),
                    text => text.parse(),
                })
                .collect();
            relations.map(Alternatives)
        })
        .collect()
}

impl FromStr for Relation {
    type Err = DependencyError;

    fn from_str(text: &str) -> Result<Self, DependencyError> {
        let text = text.trim();
        let head_end =
            text.find(|character: char| character.is_whitespace() || "([<".contains(character));
        let (head, mut rest) = text.split_at(head_end.unwrap_or(text.len()));
        let (name, qualifier) = parse_head(head, text)?;
        let mut relation = Self::any_version(name);
        relation.qualifier = qualifier;

        rest = rest.trim_start();
        if let Some(opened) = rest.strip_prefix('(') {
            let (inside, after) =
                opened
                    .split_once(')')
                    .ok_or_else(|| DependencyError::Operator {
                        relation: excerpt(text),
                    })?;
            relation.constraint = Some(parse_constraint(inside, text)?);
            rest = after.trim_start();
        }
        if let Some(opened) = rest.strip_prefix('[') {
            let invalid = || DependencyError::Restriction {
                relation: excerpt(text),
            };
            let (inside, after) = opened.split_once(']').ok_or_else(invalid)?;
            for word in inside.split_ascii_whitespace() {
                let (excluded, pattern) = match word.strip_prefix('!') {
                    Some(pattern) => (true, pattern),
                    None => (false, word),
                };
                let pattern: Architecture = pattern.parse().map_err(|_| invalid())?;
                relation
                    .architectures
                    .push(Restriction { excluded, pattern });
            }
            rest = after.trim_start();
        }
        while let Some(opened) = rest.strip_prefix('<') {
            let Some((_, after)) = opened.split_once('>') else {
                break;
            };
            rest = after.trim_start();
        }
        if rest.is_empty() {
            Ok(relation)
        } else {
            Err(DependencyError::Trailing {
                relation: excerpt(text),
                rest: excerpt(rest),
            })
        }
    }
}

fn parse_head(
    head: &str,
    relation: &str,
) -> Result<(PackageName, Option<Qualifier>), DependencyError> {
    let (name, qualifier) = match head.split_once(':') {
        None => (head, None),
        Some((name, "any")) => (name, Some(Qualifier::Any)),
        Some((name, "native")) => (name, Some(Qualifier::Native)),
        Some((name, architecture)) => {
            let architecture = architecture
                .parse()
                .map_err(|_| DependencyError::Qualifier {
                    relation: excerpt(relation),
                })?;
            (name, Some(Qualifier::Architecture(architecture)))
        }
    };
    match name.parse() {
        Ok(name) => Ok((name, qualifier)),
        Err(_) => Err(DependencyError::Name {
            relation: excerpt(relation),
        }),
    }
}

fn parse_constraint(inside: &str, relation: &str) -> Result<Constraint, DependencyError> {
    let inside = inside.trim();
    let digits = inside
        .find(|character: char| !"<>=".contains(character))
        .unwrap_or(inside.len());
    let operator = match &inside[..digits] {
        "<<" => Operator::Earlier,
        "<=" | "<" => Operator::EarlierOrEqual,
        "=" => Operator::Equal,
        ">=" | ">" => Operator::LaterOrEqual,
        ">>" => Operator::Later,
        _ => {
            return Err(DependencyError::Operator {
                relation: excerpt(relation),
            });
        }
    };
    let version = inside[digits..]
        .trim()
        .parse()
        .map_err(|source| DependencyError::Version {
            relation: excerpt(relation),
            source,
        })?;
    Ok(Constraint { operator, version })
}
