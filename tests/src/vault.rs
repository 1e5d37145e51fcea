//! Secrets and parameters in the emulator of AWS, as somebody with a console would put them there.

use std::net::TcpListener;

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use ureq::Agent;

use crate::docker::Launch;
use crate::ministack::{Ministack, REGION};

const SECRETS_MANAGER: (&str, &str) = ("secretsmanager", "secretsmanager");
const PARAMETER_STORE: (&str, &str) = ("ssm", "AmazonSSM");

/// The two places that values can be kept in.
pub struct Vault<'a> {
    emulator: &'a Ministack,
    agent: Agent,
}

impl<'a> Vault<'a> {
    pub fn of(emulator: &'a Ministack) -> Self {
        let agent = Agent::config_builder()
            .http_status_as_error(false)
            .build()
            .new_agent();
        Self { emulator, agent }
    }

    /// Makes a secret and returns its ARN.
    pub fn keep(&self, name: &str, text: &str) -> Result<String> {
        let body = json!({"Name": name, "SecretString": text});
        let made = self.call(SECRETS_MANAGER, "CreateSecret", &body)?;
        let arn = made["ARN"].as_str().map(str::to_owned);
        arn.context("the new secret has no ARN")
    }

    pub fn change(&self, name: &str, text: &str) -> Result<()> {
        let body = json!({"SecretId": name, "SecretString": text});
        self.call(SECRETS_MANAGER, "PutSecretValue", &body)
            .map(drop)
    }

    pub fn read(&self, name: &str) -> Result<String> {
        let answer = self.call(
            SECRETS_MANAGER,
            "GetSecretValue",
            &json!({"SecretId": name}),
        )?;
        let text = answer["SecretString"].as_str().map(str::to_owned);
        text.context("the secret is no text")
    }

    pub fn delete(&self, name: &str) -> Result<()> {
        let body = json!({"SecretId": name, "ForceDeleteWithoutRecovery": true});
        self.call(SECRETS_MANAGER, "DeleteSecret", &body).map(drop)
    }

    pub fn keep_parameter(&self, name: &str, text: &str) -> Result<()> {
        let body = json!({"Name": name, "Value": text, "Type": "SecureString", "Overwrite": true});
        self.call(PARAMETER_STORE, "PutParameter", &body).map(drop)
    }

    /// A question to ECS.
    pub fn ecs(&self, action: &str, body: &Value) -> Result<Value> {
        self.call(("ecs", "AmazonEC2ContainerServiceV20141113"), action, body)
    }

    fn call(&self, (service, target): (&str, &str), action: &str, body: &Value) -> Result<Value> {
        // The emulator takes the region from where a signature would have it, and checks none.
        let scope = format!("Credential=test/20260101/{REGION}/{service}/aws4_request");
        let mut answer = self
            .agent
            .post(self.emulator.url())
            .header("X-Amz-Target", format!("{target}.{action}"))
            .header("Content-Type", "application/x-amz-json-1.1")
            .header("Authorization", format!("AWS4-HMAC-SHA256 {scope}"))
            .send(body.to_string())?;
        let text = answer.body_mut().read_to_string()?;
        ensure!(answer.status() == 200, "{action} answers {text}");
        Ok(serde_json::from_str(&text)?)
    }

    /// Lets a container use the emulator in the place of AWS, for which it has to share this machine's network. The
    /// port is where it then serves.
    pub fn instead_of_aws(&self, launch: Launch) -> Result<(Launch, u16)> {
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let launch = launch
            .host_network()
            .env("WPIMG_HTTP_PORT", &port.to_string())
            .env("AWS_ENDPOINT_URL", &self.emulator.url())
            .env("AWS_REGION", REGION)
            .env("AWS_ACCESS_KEY_ID", "test")
            .env("AWS_SECRET_ACCESS_KEY", "test");
        Ok((launch, port))
    }
}
