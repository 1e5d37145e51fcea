//! What a user of wpimg can see, tested on the real parts. One binary, a module per subject:
//!
//! - `install`: a person with a browser, from the install page to a published picture
//! - `serving`: what the web server answers, refuses and lets through
//! - `composer`: a project in the shape of Bedrock, and WordPress in German
//! - `configuration`: the variables of the official image, and secrets in files
//! - `database`: waiting for it, installing and upgrading once, TLS, rotation, cron
//! - `secrets`: values from Secrets Manager and Parameter Store, and passwords that change under load
//! - `logs`: what comes out of the container, line by line
//! - `services`: services of the site's own, and a thousand deaths
//! - `health`: what a load balancer, ECS and a person ask a container
//! - `metrics`: what CloudWatch is told, and what ECS says of the task
//! - `supervision`: services that die, orphans, and `wpimg-init` as a plain init
//! - `plain_init`: `wpimg-init -- CMD`: signals, ends, orphans, terminals
//! - `exec`: a command beside the services
//! - `shutdown`: `docker stop` under load
//! - `restricted`: read-only root, other users, volumes with wrong owners
//! - `ownership`: volumes whose files belong to somebody else
//! - `replicas`: two containers behind a load balancer
//! - `image`: the built image in the eyes of other tools
//! - `output`: what a build prints, writes and loads
//! - `reproducible`: everything that must not change the digest
//! - `cache`: builds that are killed, builds at once, and a disk that is full
//! - `chaos`: nothing is lost, whatever happens to the machine in the meantime
//! - `lock`: what stays as it was, moves on when told to, and is vendored
//! - `content`: plugins, themes and files, and archives that lie
//! - `push`: registries, passwords, ECR, copies
//! - `aws`: the stacks of a site and its releases, on an emulator of AWS
//! - `look`: what differs, what is verified, what is in an image
//! - `acceptance`: one site from its recipe to its first page
//! - `recipe`: recipes that are wrong
//! - `archive`: mirrors that are wrong

mod acceptance;
mod archive;
mod aws;
mod cache;
mod chaos;
mod composer;
mod configuration;
mod content;
mod database;
mod exec;
mod health;
mod image;
mod install;
mod lock;
mod logs;
mod look;
mod metrics;
mod output;
mod ownership;
mod plain_init;
mod push;
mod recipe;
mod replicas;
mod reproducible;
mod restricted;
mod secrets;
mod services;
mod serving;
mod shutdown;
mod supervision;
