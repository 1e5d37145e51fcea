//! Follows one deployment to its end: asks what the rollout wants to know, does what it wants done.

use std::time::Duration;

use tokio::{
    sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel},
    time::{Instant, sleep, sleep_until},
};
use wpimg_aws::{AwsError, cause::Cause, ecs::Services, logs::Logs, parameters::Parameters};
use wpimg_rollout::rollout::{Action, Event, Outcome, Policy, Rollout, Target};

use super::{Live, LogPlace, SiteQuestion, Voice};
use crate::{error_report::Failure, infra::DESCRIPTION, interrupts::Interrupts};

/// All that is needed to follow a deployment.
pub(crate) struct Following {
    pub(crate) cluster: String,
    pub(crate) service: String,
    /// Of the deployment, to be told from others.
    pub(crate) deployment: String,
    pub(crate) task_definition: String,
    /// The count to go back to, where the deployment has changed it.
    pub(crate) count_before: Option<u32>,
    pub(crate) image_parameter: String,
    pub(crate) log: Option<LogPlace>,
    /// Nothing: the site is taken to answer.
    pub(crate) question: Option<SiteQuestion>,
}

/// What the actions of a rollout need, in every task that performs one.
#[derive(Clone)]
struct Edge {
    services: Services,
    logs: Logs,
    parameters: Parameters,
    events: UnboundedSender<Event>,
}

/// Follows it.
pub(crate) async fn follow(
    live: &Live,
    following: Following,
    (target, policy): (Target, Policy),
    (voice, interrupts): (&Voice, Interrupts),
) -> Result<Outcome, Failure> {
    let (events, mut received) = unbounded_channel();
    let edge = Edge {
        services: live.services(),
        logs: live.session().logs(),
        parameters: live.session().parameters(),
        events,
    };
    watch_signals(interrupts, edge.events.clone());
    let begin = Instant::now();
    let (mut rollout, mut actions) = Rollout::begin(target, policy);
    loop {
        for action in actions {
            if let Some(outcome) = perform(action, &edge, &following, voice)? {
                return Ok(outcome);
            }
        }
        let event = next(&mut received, rollout.deadline(), begin).await;
        actions = rollout.handle(begin.elapsed(), event);
    }
}

/// What happens next, or the deadline.
async fn next(
    received: &mut UnboundedReceiver<Event>,
    deadline: Option<Duration>,
    begin: Instant,
) -> Event {
    let tick = async {
        match deadline.and_then(|deadline| begin.checked_add(deadline)) {
            Some(deadline) => sleep_until(deadline).await,
            None => std::future::pending().await,
        }
    };
    tokio::select! {
        Some(event) = received.recv() => event,
        () = tick => Event::Tick,
    }
}

/// Begins what takes time, does the rest at once.
fn perform(
    action: Action,
    edge: &Edge,
    following: &Following,
    voice: &Voice,
) -> Result<Option<Outcome>, Failure> {
    let place = (following.cluster.clone(), following.service.clone());
    match action {
        Action::Say(notice) => voice.notice(&notice)?,
        Action::FetchLogs(task) => {
            // Beside the rest: a log that is slow must not keep a signal or the deadline waiting.
            if let Some(log) = following.log.clone() {
                let (logs, voice) = (edge.logs.clone(), voice.clone());
                tokio::spawn(async move {
                    match log.last(&logs, &task.id).await {
                        Ok(lines) => drop(voice.log(&task.id, &lines)),
                        Err(failure) => voice.report().warning(&failure.chain().join(": ")),
                    }
                });
            }
        }
        Action::Poll { after } => {
            let deployment = (
                following.deployment.clone(),
                following.task_definition.clone(),
            );
            edge.begin(after, move |edge| async move {
                Box::pin(look(&edge.services, &place, &deployment)).await
            });
        }
        Action::CheckSite { after } => {
            let question = following.question.clone();
            edge.begin(after, |_| async move {
                match question {
                    None => Event::SiteAnswered,
                    Some(question) => match question.ask().await {
                        Ok(()) => Event::SiteAnswered,
                        Err(reason) => Event::SiteFailed { reason },
                    },
                }
            });
        }
        Action::StopDeployment { service_deployment } => {
            let count = following.count_before;
            edge.begin(Duration::ZERO, move |edge| async move {
                let place = (place.0.as_str(), place.1.as_str());
                match edge.services.roll_back(&service_deployment).await {
                    Ok(()) => {
                        // How many tasks there are is no part of what ECS takes back.
                        if count.is_some() {
                            let _ = edge.services.update(place, None, count).await;
                        }
                        Event::RollbackAccepted { deployment: None }
                    }
                    Err(error) => refused(&error),
                }
            });
        }
        Action::UpdateService { task_definition } => {
            let count = following.count_before;
            edge.begin(Duration::ZERO, move |edge| async move {
                let place = (place.0.as_str(), place.1.as_str());
                match edge
                    .services
                    .update(place, Some(&task_definition), count)
                    .await
                {
                    Ok(service) => Event::RollbackAccepted {
                        deployment: service.primary().map(|primary| primary.id.clone()),
                    },
                    Err(error) => refused(&error),
                }
            });
        }
        Action::RecordImage(image) => {
            let name = following.image_parameter.clone();
            edge.begin(Duration::ZERO, move |edge| async move {
                let image = image.to_string();
                match edge.parameters.put(&name, &image, DESCRIPTION).await {
                    Ok(()) => Event::Recorded,
                    Err(error) if error.cause.is_about_credentials() => Event::CredentialsLost,
                    Err(error) => Event::RecordFailed {
                        reason: told(&error),
                    },
                }
            });
        }
        Action::Finish(outcome) => return Ok(Some(outcome)),
    }
    Ok(None)
}

impl Edge {
    /// Does something after a while, and hands in what came of it.
    fn begin<F>(&self, after: Duration, work: impl FnOnce(Self) -> F + Send + 'static)
    where
        F: Future<Output = Event> + Send,
    {
        let edge = self.clone();
        tokio::spawn(async move {
            sleep(after).await;
            let events = edge.events.clone();
            // Nobody listens any more when the end has come meanwhile.
            let _ = events.send(work(edge).await);
        });
    }
}

async fn look(
    services: &Services,
    (cluster, service): &(String, String),
    (deployment, task_definition): &(String, String),
) -> Event {
    let looked = services.look((cluster, service), (deployment, task_definition));
    match Box::pin(looked).await {
        Ok(Some(look)) => Event::Observed(look.observation),
        Ok(None) => Event::ServiceGone,
        Err(error) if error.cause.is_about_credentials() => Event::CredentialsLost,
        Err(error) => match &error.cause {
            Cause::Denied(_) => Event::Denied {
                permission: error.action.to_owned(),
            },
            Cause::Throttled(_) => Event::Throttled,
            _ => Event::Unanswered {
                reason: told(&error),
            },
        },
    }
}

fn refused(error: &AwsError) -> Event {
    if error.cause.is_about_credentials() {
        return Event::CredentialsLost;
    }
    Event::RollbackRefused {
        reason: told(error),
    }
}

fn told(error: &AwsError) -> String {
    format!("{error}: {}", error.cause)
}

fn watch_signals(mut interrupts: Interrupts, events: UnboundedSender<Event>) {
    tokio::spawn(async move {
        loop {
            interrupts.next().await;
            if events.send(Event::Interrupted).is_err() {
                return;
            }
        }
    });
}
