//! A stand-in for the task metadata endpoint of ECS, on 127.0.0.1.

use std::{
    io::{BufRead, BufReader, Write},
    net::{TcpListener, TcpStream},
    thread,
};

use anyhow::{Context, Result};
use serde_json::{Value, json};

/// Answers until the test ends.
pub struct TaskMetadata {
    url: String,
}

impl TaskMetadata {
    /// A task of the service `shop-web` in the cluster `shops` with these limits.
    pub fn serve(processors: f64, mebibytes: u64) -> Result<Self> {
        let listener =
            TcpListener::bind("127.0.0.1:0").context("cannot listen for the container")?;
        let url = format!("http://{}/v4/0123456789", listener.local_addr()?);
        let task = json!({
            "Cluster": "arn:aws:ecs:eu-west-1:000000000000:cluster/shops",
            "TaskARN": "arn:aws:ecs:eu-west-1:000000000000:task/shops/158d1c80",
            "Family": "shop", "ServiceName": "shop-web", "Revision": "26",
            "Limits": {"CPU": processors, "Memory": mebibytes},
            "AvailabilityZone": "eu-west-1a",
        });
        let container = json!({"Name": "web", "Limits": {"CPU": 2}});
        thread::spawn(move || {
            for connection in listener.incoming().flatten() {
                // Who hangs up early is no concern of ours.
                let _ = answer(connection, &task, &container);
            }
        });
        Ok(Self { url })
    }

    /// What ECS puts into `ECS_CONTAINER_METADATA_URI_V4`.
    pub fn url(&self) -> &str {
        &self.url
    }
}

fn answer(mut connection: TcpStream, task: &Value, container: &Value) -> Result<()> {
    let mut request = BufReader::new(connection.try_clone()?).lines();
    let first = request.next().context("nothing was asked")??;
    for line in request {
        if line?.is_empty() {
            break;
        }
    }
    let (status, body) = match first.split(' ').nth(1) {
        Some("/v4/0123456789/task") => ("200 OK", task.to_string()),
        Some("/v4/0123456789") => ("200 OK", container.to_string()),
        _ => ("404 Not Found", String::new()),
    };
    write!(
        connection,
        "HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    )?;
    Ok(())
}
