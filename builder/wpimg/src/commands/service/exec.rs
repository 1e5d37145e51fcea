//! `wpimg exec`: a shell in a task, or a command there.

use std::process::Stdio;

use serde_json::json;
use tokio::{
    process::Command,
    signal::unix::{SignalKind, signal},
};
use wpimg_aws::ecs::Shell;

use crate::{
    cli::ExecArgs,
    commands::Context,
    error_report::{CommandResult, Failure},
    exit_status::ExitStatus,
    release::{CONTAINER, Live, ReleaseError},
};

const PLUGIN: &str = "session-manager-plugin";
const SHELL: &str = "/bin/sh";

pub(crate) async fn exec(arguments: ExecArgs, context: &Context) -> CommandResult {
    let live = Live::open(&arguments.site, context).await?;
    let (cluster, service) = live.place();
    let services = live.services();
    let tasks = services.tasks(cluster, service).await?;
    let asked = arguments.task.as_deref();
    let task = tasks
        .iter()
        .find(|task| task.status == "RUNNING" && asked.is_none_or(|id| task.id().starts_with(id)));
    let task = task.ok_or_else(|| ReleaseError::NoTask {
        service: service.to_owned(),
        task: arguments.task.clone(),
    })?;
    let command = match arguments.command.as_slice() {
        [] => SHELL.to_owned(),
        words => words
            .iter()
            .map(|word| quoted(word))
            .collect::<Vec<_>>()
            .join(" "),
    };
    let shell = services
        .open_shell(cluster, (task, CONTAINER), &command)
        .await?;
    context
        .report
        .status("Connecting", &format!("to task {}", task.id()));
    attach(&shell, live.session().region()).await
}

/// Hands the session to AWS's plugin, which speaks its protocol. The token goes to it as its arguments want it: it is for
/// this one session, which is open by then.
async fn attach(shell: &Shell, region: &str) -> CommandResult {
    let session = json!({
        "SessionId": shell.session,
        "StreamUrl": shell.stream,
        "TokenValue": shell.token,
    });
    let target = json!({ "Target": shell.target });
    let endpoint = format!("https://ecs.{region}.amazonaws.com");
    // The plugin hands them to the other end; whoever types them does not mean us.
    let _ours = [SignalKind::interrupt(), SignalKind::quit()].map(signal);
    let status = Command::new(PLUGIN)
        .args([
            &session.to_string(),
            region,
            "StartSession",
            "",
            &target.to_string(),
            &endpoint,
        ])
        .stdin(Stdio::inherit())
        .status()
        .await
        .map_err(|source| Failure::from(ReleaseError::NoPlugin { source }))?;
    let code = status.code().and_then(|code| u8::try_from(code).ok());
    Ok(ExitStatus::Of(code.unwrap_or(u8::MAX)))
}

/// A word as a shell reads it back.
fn quoted(word: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=@%+,".contains(c);
    if !word.is_empty() && word.chars().all(is_plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn words_stay_words() {
        for (word, expected) in [
            ("php", "php"),
            ("--version=1", "--version=1"),
            ("", "''"),
            ("a b", "'a b'"),
            ("it's", r"'it'\''s'"),
            ("$(id)", "'$(id)'"),
        ] {
            assert_eq!(quoted(word), expected);
        }
    }
}
