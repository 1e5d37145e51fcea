//! Parameter Store, where the digest of the image lives that the stack of a site runs.

use aws_config::SdkConfig;
use aws_sdk_ssm::{Client, types::ParameterType};

use crate::error::AwsError;

/// What reads and writes parameters.
#[derive(Clone, Debug)]
pub struct Parameters {
    client: Client,
}

impl Parameters {
    pub(crate) fn new(config: &SdkConfig) -> Self {
        Self {
            client: Client::new(config),
        }
    }

    /// The value, or nothing where there is no such parameter.
    pub async fn get(&self, name: &str) -> Result<Option<String>, AwsError> {
        const ACTION: &str = "ssm:GetParameter";
        match self.client.get_parameter().name(name).send().await {
            Ok(output) => Ok(output.parameter.and_then(|parameter| parameter.value)),
            Err(error) => {
                let error = AwsError::of(ACTION, name, &error);
                if error.has_code("ParameterNotFound") {
                    return Ok(None);
                }
                Err(error)
            }
        }
    }

    /// Writes a text, whatever was there before.
    pub async fn put(&self, name: &str, value: &str, description: &str) -> Result<(), AwsError> {
        const ACTION: &str = "ssm:PutParameter";
        self.client
            .put_parameter()
            .name(name)
            .value(value)
            .description(description)
            .r#type(ParameterType::String)
            .overwrite(true)
            .send()
            .await
            .map(drop)
            .map_err(|error| AwsError::of(ACTION, name, &error))
    }

    /// Takes it away; that there was none is as good.
    pub async fn delete(&self, name: &str) -> Result<(), AwsError> {
        const ACTION: &str = "ssm:DeleteParameter";
        match self.client.delete_parameter().name(name).send().await {
            Ok(_) => Ok(()),
            Err(error) => {
                let error = AwsError::of(ACTION, name, &error);
                if error.has_code("ParameterNotFound") {
                    return Ok(());
                }
                Err(error)
            }
        }
    }
}
