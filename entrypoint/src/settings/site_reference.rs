//! The rows of `reference` for the variables of `site`.

use super::reference::{Group, variable};

pub(super) const GROUP: Group = Group {
    title: "Further settings of WordPress",
    note: "Given like those above. A wrong value is an error at start.",
    variables: &[
        variable(
            "WPIMG_HOME",
            "that of the database",
            "The site's address, such as https://shop.example: WP_HOME, and WP_SITEURL where that is not given",
        ),
        variable(
            "WPIMG_SITEURL",
            "WPIMG_HOME, else that of the database",
            "The address of WordPress's own files: WP_SITEURL",
        ),
        variable(
            "WPIMG_MEMORY_LIMIT",
            "WordPress's own",
            "WP_MEMORY_LIMIT, such as 256M",
        ),
        variable(
            "WPIMG_MAX_MEMORY_LIMIT",
            "WordPress's own",
            "WP_MAX_MEMORY_LIMIT, which counts in the dashboard",
        ),
        variable(
            "WPIMG_FILE_MODS",
            "0",
            "1 lets the dashboard install and update code; it is gone with the container",
        ),
        variable(
            "WPIMG_MULTISITE",
            "off",
            "allow offers a network of sites in the dashboard; subdirectories or subdomains is one",
        ),
        variable(
            "WPIMG_MULTISITE_DOMAIN",
            "the host of WPIMG_HOME",
            "Name of the network's main site",
        ),
        variable(
            "WPIMG_REDIS_HOST",
            "none",
            "Host of Redis or Valkey, for the plugin of the object cache (WP_REDIS_HOST)",
        ),
        variable("WPIMG_REDIS_PORT", "6379", "Its port"),
        variable("WPIMG_REDIS_USER", "none", "User of an access control list"),
        variable("WPIMG_REDIS_PASSWORD", "none", "Its password"),
        variable("WPIMG_REDIS_DATABASE", "0", "Number of the database in it"),
        variable(
            "WPIMG_REDIS_PREFIX",
            "the plugin's own",
            "What the keys of this site begin with",
        ),
        variable("WPIMG_REDIS_TLS", "0", "1 connects with TLS"),
        variable(
            "WPIMG_DATABASE_TLS",
            "verify where WPIMG_DATABASE_CA is given and for RDS, else off",
            "off; encrypt without looking at the certificate; or verify authority and host name as well",
        ),
        variable(
            "WPIMG_DATABASE_CA",
            "AWS's for hosts of RDS, else those of the system",
            "Certificates (PEM) of the authorities that may have signed the database's; a file of them with _FILE",
        ),
        variable(
            "WPIMG_DATABASE_UPGRADE",
            "1",
            "Bring the tables up to date after an update of the image; 0: leave it to the dashboard",
        ),
        variable(
            "WPIMG_INSTALL",
            "0",
            "1 installs WordPress into an empty database, once, however many containers start",
        ),
        variable("WPIMG_INSTALL_URL", "WPIMG_HOME", "The new site's address"),
        variable("WPIMG_INSTALL_TITLE", "WordPress", "The new site's title"),
        variable("WPIMG_INSTALL_ADMIN_USER", "none", "Its administrator"),
        variable(
            "WPIMG_INSTALL_ADMIN_PASSWORD",
            "none",
            "The administrator's password",
        ),
        variable(
            "WPIMG_INSTALL_ADMIN_EMAIL",
            "none",
            "The administrator's address",
        ),
        variable(
            "WPIMG_CRON",
            "on",
            "on: every minute, in one container of all; visitors: as WordPress does; off: not at all",
        ),
    ],
};
