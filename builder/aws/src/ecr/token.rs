//! What `GetAuthorizationToken` hands out: user and password in base64.

use std::fmt;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use thiserror::Error;

/// The only user there is (Amazon ECR user guide, "Private registry authentication").
const USER: &str = "AWS";
/// A token goes into the header of every request; no server takes a longer one.
const LONGEST: usize = 64 << 10;

/// The user and password of a registry. The password is shown nowhere.
#[derive(Clone, PartialEq, Eq)]
pub struct Authorization {
    password: String,
    expires: Option<i64>,
}

/// What is wrong with a token, without a word of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum TokenProblem {
    #[error("there is none")]
    Missing,
    #[error("it has {0} bytes, more than {LONGEST}")]
    TooLong(usize),
    #[error("it is not base64 of text")]
    Encoding,
    #[error("it is not for the user `AWS`")]
    User,
    #[error("its password is empty or has control characters")]
    Password,
}

impl Authorization {
    pub(super) fn decode(token: &str, expires: Option<i64>) -> Result<Self, TokenProblem> {
        if token.len() > LONGEST {
            return Err(TokenProblem::TooLong(token.len()));
        }
        let bytes = STANDARD.decode(token).map_err(|_| TokenProblem::Encoding)?;
        let text = String::from_utf8(bytes).map_err(|_| TokenProblem::Encoding)?;
        let password = text
            .strip_prefix(USER)
            .and_then(|rest| rest.strip_prefix(':'))
            .ok_or(TokenProblem::User)?;
        if password.is_empty() || password.chars().any(char::is_control) {
            return Err(TokenProblem::Password);
        }
        Ok(Self {
            password: password.to_owned(),
            expires,
        })
    }

    pub fn user(&self) -> &'static str {
        USER
    }

    pub fn password(&self) -> &str {
        &self.password
    }

    /// Returns the Unix second after which the password is refused.
    pub fn expires(&self) -> Option<i64> {
        self.expires
    }
}

impl fmt::Debug for Authorization {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Authorization")
            .field("user", &USER)
            .field("password", &"****")
            .field("expires", &self.expires)
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn decode(text: &[u8]) -> Result<Authorization, TokenProblem> {
        Authorization::decode(&STANDARD.encode(text), None)
    }

    #[test]
    fn a_token_gives_user_and_password() {
        let authorization = decode(b"AWS:pass:word=").unwrap();
        assert_eq!(authorization.user(), "AWS");
        assert_eq!(authorization.password(), "pass:word=");
    }

    #[test]
    fn debug_output_has_no_password() {
        let text = format!("{:?}", decode(b"AWS:s3cret").unwrap());
        assert_eq!(
            text,
            r#"Authorization { user: "AWS", password: "****", expires: None }"#
        );
    }

    #[test]
    fn anything_else_is_refused_without_being_repeated() {
        for (bytes, expected) in [
            (&b"s3cret"[..], TokenProblem::User),
            (b"root:s3cret", TokenProblem::User),
            (b"AWS", TokenProblem::User),
            (b"AWSX:s3cret", TokenProblem::User),
            (b"AWS:", TokenProblem::Password),
            (b"AWS:s3cret\r\nHost: x", TokenProblem::Password),
            (b"AWS:\xff", TokenProblem::Encoding),
        ] {
            let problem = decode(bytes).unwrap_err();
            assert_eq!(problem, expected);
            assert!(!problem.to_string().contains("s3cret"));
        }
        let encoding = Authorization::decode("AWS:plain", None);
        assert_eq!(encoding, Err(TokenProblem::Encoding));
        let long = Authorization::decode(&"A".repeat(LONGEST + 1), None);
        assert_eq!(long, Err(TokenProblem::TooLong(LONGEST + 1)));
    }

    proptest! {
        #[test]
        fn every_printable_password_survives(password in "\\PC{1,60}") {
            let authorization = decode(format!("AWS:{password}").as_bytes()).unwrap();
            prop_assert_eq!(authorization.password(), password);
        }
    }
}
