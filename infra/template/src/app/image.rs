//! What the image promises, and the stack builds on (entrypoint/README.md, docker/rootfs/etc/wpimg/nginx).

/// Where nginx listens.
pub(super) const PORT: u32 = 8080;

/// Answers 200 when visitors may come. Nothing redirects it, and it asks PHP.
pub(super) const READY_PATH: &str = "/readyz";

/// What ECS runs in the container to learn how it is.
pub(super) const HEALTH_CHECK: [&str; 3] = ["CMD", "/usr/bin/wpimg-init", "healthcheck"];

/// Seconds from the stop signal to the container's end.
pub(super) const STOP_BUDGET: u32 = 25;

/// Seconds that a container waits for its database before it gives up.
pub(super) const DATABASE_WAIT: u32 = 60;

/// What WordPress writes and every task has to see.
pub(super) const UPLOADS: &str = "/var/www/html/wp-content/uploads";

/// The directories that have to be writable, with a name each.
pub(super) const WRITABLE: [(&str, &str); 2] = [("run", "/run/wpimg"), ("temporary", "/tmp")];
