//! One container: described by a `Launch`, started, asked, stopped, and removed when dropped.
//!
//! Dropping a container prints the end of its log, which the test runner shows only for a test that failed.

use std::{
    fs,
    io::{Read, Write},
    net::{IpAddr, SocketAddr, TcpStream},
    path::Path,
    process::Output,
    time::Duration,
};

use anyhow::{Context, Result, bail, ensure};

use super::{LABEL, Network, Volume, output, run, unique_name};
use crate::http::Client;
use crate::poll;

const LOG_LINES: &str = "100";

/// How a container is to be started.
#[must_use = "a launch starts nothing before `start`"]
pub struct Launch {
    image: String,
    options: Vec<String>,
    command: Vec<String>,
    files: Vec<(String, String)>,
}

impl Launch {
    pub fn of(image: &str) -> Self {
        Self {
            image: image.to_owned(),
            options: Vec::new(),
            command: Vec::new(),
            files: Vec::new(),
        }
    }

    fn options<const N: usize>(mut self, options: [String; N]) -> Self {
        self.options.extend(options);
        self
    }

    pub fn env(self, name: &str, value: &str) -> Self {
        self.options(["--env".into(), format!("{name}={value}")])
    }

    pub fn network(self, network: &Network, alias: &str) -> Self {
        self.options([
            format!("--network={}", network.name()),
            format!("--network-alias={alias}"),
        ])
    }

    /// Another name on the network of `network`.
    pub fn alias(self, alias: &str) -> Self {
        self.options([format!("--network-alias={alias}")])
    }

    /// On the network of this machine, where it reaches what listens on 127.0.0.1 only.
    pub fn host_network(self) -> Self {
        self.options(["--network=host".into()])
    }

    /// Shows a file of this machine at a path of the container.
    pub fn mount(self, file: &Path, path: &str) -> Self {
        self.options([format!("--volume={}:{path}:ro", file.display())])
    }

    /// The same for a directory that the container may write to.
    pub fn mount_writable(self, directory: &Path, path: &str) -> Self {
        self.options([format!("--volume={}:{path}", directory.display())])
    }

    /// Publishes a TCP port of the container on a free port of 127.0.0.1.
    pub fn publish(self, port: u16) -> Self {
        self.options([format!("--publish=127.0.0.1::{port}")])
    }

    pub fn tmpfs(self, specification: &str) -> Self {
        self.options([format!("--tmpfs={specification}")])
    }

    pub fn volume(self, volume: &Volume, path: &str) -> Self {
        self.options([format!("--volume={}:{path}", volume.name())])
    }

    pub fn user(self, user: &str) -> Self {
        self.options([format!("--user={user}")])
    }

    pub fn read_only(self) -> Self {
        self.options(["--read-only".into()])
    }

    /// Without a single capability, even as root.
    pub fn drop_capabilities(self) -> Self {
        self.options(["--cap-drop=ALL".into()])
    }

    /// Docker's own init becomes PID 1.
    pub fn init(self) -> Self {
        self.options(["--init".into()])
    }

    /// The container sees and shares the processes of this machine.
    pub fn host_processes(self) -> Self {
        self.options(["--pid=host".into()])
    }

    pub fn entrypoint(self, program: &str) -> Self {
        self.options([format!("--entrypoint={program}")])
    }

    pub fn command<const N: usize>(mut self, words: [&str; N]) -> Self {
        self.command = words.map(str::to_owned).to_vec();
        self
    }

    /// Writes a file into the container before it starts; not possible together with `read_only`.
    pub fn file(mut self, path: &str, contents: &str) -> Self {
        self.files.push((path.to_owned(), contents.to_owned()));
        self
    }

    /// Creates the container and starts it; does not wait for it to be useful.
    pub fn start(self) -> Result<Container> {
        let container = self.create()?;
        container.start()?;
        Ok(container)
    }

    /// Creates the container without starting it.
    pub fn create(self) -> Result<Container> {
        let name = unique_name("container");
        let mut arguments = vec![
            "create".to_owned(),
            format!("--name={name}"),
            format!("--label={LABEL}"),
        ];
        arguments.extend(self.options);
        arguments.push(self.image);
        arguments.extend(self.command);
        run(&arguments)?;
        let container = Container {
            name,
            shows_log: true,
        };
        for (path, contents) in &self.files {
            container.copy_in(path, contents)?;
        }
        Ok(container)
    }
}

/// A container that exists until this value is dropped.
pub struct Container {
    name: String,
    /// Whether its log is printed in the end, for whoever looks into a failed test.
    shows_log: bool,
}

/// How a container ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ended {
    pub exit_code: i32,
    pub out_of_memory: bool,
}

impl Container {
    /// What Docker calls it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Starts a container that was only created.
    pub fn start(&self) -> Result<()> {
        run(["start", &self.name])?;
        Ok(())
    }

    /// For a program that is no test.
    #[must_use]
    pub fn without_log(mut self) -> Self {
        self.shows_log = false;
        self
    }

    fn copy_in(&self, path: &str, contents: &str) -> Result<()> {
        let mut file = tempfile::NamedTempFile::new()?;
        file.write_all(contents.as_bytes())?;
        let mut permissions = file.as_file().metadata()?.permissions();
        std::os::unix::fs::PermissionsExt::set_mode(&mut permissions, 0o644);
        fs::set_permissions(file.path(), permissions)?;
        run([
            "cp",
            &file.path().to_string_lossy(),
            &format!("{}:{path}", self.name),
        ])?;
        Ok(())
    }

    /// The address on this machine at which a published port answers.
    pub fn address(&self, port: u16) -> Result<String> {
        let format =
            format!("{{{{(index (index .NetworkSettings.Ports \"{port}/tcp\") 0).HostPort}}}}");
        let host_port = self.inspect(&format);
        if host_port.is_err() && !self.is_running()? {
            bail!(
                "the container ended with {} before port {port} was asked",
                self.ended()?.exit_code
            );
        }
        Ok(format!("127.0.0.1:{}", host_port?))
    }

    /// The address of the container itself on its network, which this machine reaches without Docker's proxy in between.
    pub fn direct_address(&self, port: u16) -> Result<SocketAddr> {
        let address = self.inspect("{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}")?;
        let address: IpAddr = address
            .parse()
            .with_context(|| format!("`{address}` is not the address of a container"))?;
        Ok(SocketAddr::new(address, port))
    }

    /// A browser-like client without cookies whose paths begin at this container's published port.
    pub fn client(&self, port: u16) -> Result<Client> {
        Ok(Client::new(&format!("http://{}", self.address(port)?)))
    }

    /// Waits until the published port answers `path` with status 200, or the container has ended.
    pub fn wait_for_http(&self, port: u16, path: &str) -> Result<Client> {
        let client = self.client(port)?;
        self.wait_until(&format!("`{path}` answers 200"), || {
            let response = client.get(path)?;
            ensure!(
                response.status == 200,
                "`{path}` answers {}",
                response.status
            );
            Ok(())
        })?;
        Ok(client)
    }

    /// Waits until a published port accepts a connection and says something, as databases do.
    pub fn wait_for_greeting(&self, port: u16) -> Result<()> {
        let address = self.address(port)?;
        self.wait_until(&format!("port {port} greets"), || {
            let mut stream = TcpStream::connect(&address)?;
            stream.set_read_timeout(Some(Duration::from_secs(2)))?;
            stream.read_exact(&mut [0])?;
            Ok(())
        })
    }

    /// Waits for a line of the log to contain `text`.
    pub fn wait_for_log(&self, text: &str) -> Result<()> {
        self.wait_until(&format!("the log says `{text}`"), || {
            // All of it: what a busy site says is soon no longer among the newest lines.
            let said = self.whole_logs()?.iter().any(|log| log.contains(text));
            ensure!(said, "the log does not say `{text}`");
            Ok(())
        })
    }

    fn wait_until(&self, what: &str, mut attempt: impl FnMut() -> Result<()>) -> Result<()> {
        let mut ended = None;
        poll::until(what, || {
            let result = attempt();
            if result.is_err() && !self.is_running()? {
                ended = Some(self.inspect("{{.State.ExitCode}}")?);
                return Ok(());
            }
            result
        })?;
        if let Some(exit_code) = ended {
            bail!(
                "the container ended with {exit_code} before {what}\n{}",
                self.logs()?
            );
        }
        Ok(())
    }

    /// Standard output and standard error of the container so far, the newest lines only.
    pub fn logs(&self) -> Result<String> {
        let [out, err] = self.streams(LOG_LINES)?;
        Ok(out + &err)
    }

    /// All of standard output and all of standard error of the container so far.
    pub fn whole_logs(&self) -> Result<[String; 2]> {
        self.streams("all")
    }

    fn streams(&self, lines: &str) -> Result<[String; 2]> {
        let Output { stdout, stderr, .. } = output(["logs", "--tail", lines, &self.name])?;
        Ok([stdout, stderr].map(|stream| String::from_utf8_lossy(&stream).into_owned()))
    }

    /// The pid of the container's first process as this machine sees it.
    pub fn pid(&self) -> Result<u32> {
        let pid = self.inspect("{{.State.Pid}}")?;
        pid.parse().with_context(|| format!("`{pid}` is not a pid"))
    }

    pub fn is_running(&self) -> Result<bool> {
        Ok(self.inspect("{{.State.Running}}")? == "true")
    }

    pub fn exec<const N: usize>(&self, command: [&str; N]) -> Result<String> {
        run(["exec", &self.name].into_iter().chain(command))
    }

    /// Runs a script in the container's shell; images have no coreutils, so builtins must do.
    pub fn shell(&self, script: &str) -> Result<String> {
        self.exec(["/bin/sh", "-c", script])
    }

    /// The pid, inside the container, of the process called `name` whose parent is PID 1.
    pub fn service_pid(&self, name: &str) -> Result<u32> {
        // Field 2 of proc_pid_stat(5) is the name in parentheses, field 4 the parent.
        let script = format!(
            "for stat in /proc/[0-9]*/stat; do \
               read -r pid comm state parent rest <$stat || continue; \
               case $comm in \"({name}\"*) [ \"$parent\" = 1 ] && echo $pid;; esac; \
             done 2>/dev/null; true"
        );
        let pids = self.shell(&script)?;
        pids.lines()
            .next()
            .with_context(|| format!("no service `{name}` runs in the container"))?
            .parse()
            .with_context(|| format!("`{pids}` is not a pid"))
    }

    pub fn kill_service(&self, name: &str) -> Result<()> {
        let pid = self.service_pid(name)?;
        self.shell(&format!("kill -9 {pid}"))?;
        Ok(())
    }

    /// Sends a signal to the container's PID 1.
    pub fn signal(&self, signal: &str) -> Result<()> {
        run(["kill", "--signal", signal, &self.name])?;
        Ok(())
    }

    /// `docker stop`: TERM, and KILL when the container is still there after `seconds`.
    pub fn stop(&self, seconds: u32) -> Result<Ended> {
        run(["stop", "--time", &seconds.to_string(), &self.name])?;
        self.ended()
    }

    /// Waits for the container to end by itself.
    pub fn wait(&self) -> Result<Ended> {
        poll::until_true("the container ends", || Ok(!self.is_running()?))?;
        self.ended()
    }

    fn ended(&self) -> Result<Ended> {
        Ok(Ended {
            exit_code: self.inspect("{{.State.ExitCode}}")?.parse()?,
            out_of_memory: self.inspect("{{.State.OOMKilled}}")? == "true",
        })
    }

    fn inspect(&self, format: &str) -> Result<String> {
        run(["inspect", "--format", format, &self.name])
    }
}

impl Drop for Container {
    #[expect(
        clippy::print_stderr,
        reason = "captured by the test runner, shown on failure"
    )]
    fn drop(&mut self) {
        if self.shows_log
            && let Ok(logs) = self.logs()
        {
            eprintln!("--- log of {}\n{logs}", self.name);
        }
        let _ = output(["rm", "--force", "--volumes", &self.name]);
    }
}
