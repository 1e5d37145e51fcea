<?php
/**
 * WordPress's configuration, from the settings that wpimg-init wrote; setting.php says how and why.
 *
 * To add to this file, set WORDPRESS_CONFIG_EXTRA to lines of PHP.
 */

// wp-cli evaluates this file a second time.
require_once '/usr/share/wpimg/setting.php';
require_once '/usr/share/wpimg/database.php';

define( 'DB_NAME', wpimg_setting( 'WORDPRESS_DB_NAME', 'wordpress' ) );
define( 'DB_USER', wpimg_setting( 'WORDPRESS_DB_USER', 'example username' ) );
define( 'DB_PASSWORD', wpimg_setting( 'WORDPRESS_DB_PASSWORD', 'example password' ) );
define( 'DB_HOST', wpimg_setting( 'WORDPRESS_DB_HOST', 'mysql' ) );
define( 'DB_CHARSET', wpimg_setting( 'WORDPRESS_DB_CHARSET', 'utf8' ) );
define( 'DB_COLLATE', wpimg_setting( 'WORDPRESS_DB_COLLATE', '' ) );

$table_prefix = wpimg_setting( 'WORDPRESS_TABLE_PREFIX', 'wp_' );

// With this phrase WordPress makes keys of its own and keeps them in the database, where every task
// finds the same ones. A random key here would log everybody out with each new task.
foreach ( array( 'AUTH', 'SECURE_AUTH', 'LOGGED_IN', 'NONCE' ) as $wpimg_scheme ) {
	foreach ( array( 'KEY', 'SALT' ) as $wpimg_kind ) {
		define( "{$wpimg_scheme}_{$wpimg_kind}", wpimg_setting( "WORDPRESS_{$wpimg_scheme}_{$wpimg_kind}", 'put your unique phrase here' ) );
	}
}
unset( $wpimg_scheme, $wpimg_kind );

define( 'WP_DEBUG', (bool) wpimg_setting( 'WORDPRESS_DEBUG', '' ) );

$wpimg_extra = wpimg_setting( 'WORDPRESS_CONFIG_EXTRA', '' );
if ( '' !== $wpimg_extra ) {
	eval( $wpimg_extra );
}
unset( $wpimg_extra );

// What the lines above have defined already stays.
( static function (): void {
	$define = static function ( string $constant, $value ): void {
		defined( $constant ) || define( $constant, $value );
	};
	$texts  = array(
		'WP_HOME'             => 'WPIMG_HOME',
		'WP_SITEURL'          => 'WPIMG_SITEURL',
		'WP_MEMORY_LIMIT'     => 'WPIMG_MEMORY_LIMIT',
		'WP_MAX_MEMORY_LIMIT' => 'WPIMG_MAX_MEMORY_LIMIT',
		// As the Redis Object Cache plugin and its kin read them.
		'WP_REDIS_HOST'       => 'WPIMG_REDIS_HOST',
		'WP_REDIS_PREFIX'     => 'WPIMG_REDIS_PREFIX',
	);
	foreach ( $texts as $constant => $name ) {
		$value = wpimg_setting( $name, '' );
		if ( '' !== $value ) {
			$define( $constant, $value );
		}
	}
	$home = wpimg_setting( 'WPIMG_HOME', '' );
	if ( '' !== $home ) {
		$define( 'WP_SITEURL', $home );
		if ( str_starts_with( $home, 'https://' ) ) {
			$define( 'FORCE_SSL_ADMIN', true );
		}
	}

	if ( '' !== wpimg_setting( 'WPIMG_REDIS_HOST', '' ) ) {
		$define( 'WP_REDIS_PORT', (int) wpimg_setting( 'WPIMG_REDIS_PORT', '6379' ) );
		$define( 'WP_REDIS_DATABASE', (int) wpimg_setting( 'WPIMG_REDIS_DATABASE', '0' ) );
		if ( '1' === wpimg_setting( 'WPIMG_REDIS_TLS', '0' ) ) {
			$define( 'WP_REDIS_SCHEME', 'tls' );
		}
		$user     = wpimg_setting( 'WPIMG_REDIS_USER', '' );
		$password = wpimg_setting( 'WPIMG_REDIS_PASSWORD', '' );
		if ( '' !== $password ) {
			$define( 'WP_REDIS_PASSWORD', '' === $user ? $password : array( $user, $password ) );
		}
	}

	$network = wpimg_setting( 'WPIMG_MULTISITE', 'off' );
	if ( 'off' !== $network ) {
		$define( 'WP_ALLOW_MULTISITE', true );
	}
	if ( 'subdirectories' === $network || 'subdomains' === $network ) {
		$domain = wpimg_setting( 'WPIMG_MULTISITE_DOMAIN', (string) parse_url( $home, PHP_URL_HOST ) );
		$define( 'MULTISITE', true );
		$define( 'SUBDOMAIN_INSTALL', 'subdomains' === $network );
		$define( 'DOMAIN_CURRENT_SITE', $domain );
		$define( 'PATH_CURRENT_SITE', '/' );
		$define( 'SITE_ID_CURRENT_SITE', 1 );
		$define( 'BLOG_ID_CURRENT_SITE', 1 );
	}

	// Read by WordPress's own class when the site brings another db.php; ours asks for the authority as well.
	$flags = wpimg_database_flags( DB_HOST );
	if ( 0 !== $flags ) {
		$define( 'MYSQL_CLIENT_FLAGS', $flags );
	}

	// wpimg-init does it every minute, in one task of all.
	if ( 'visitors' !== wpimg_setting( 'WPIMG_CRON', 'on' ) ) {
		$define( 'DISABLE_WP_CRON', true );
	}

	// What goes wrong is for the log, that is for php-fpm's stderr: neither for visitors nor for a file that
	// grows in the container.
	$define( 'WP_DEBUG_DISPLAY', false );
	$define( 'WP_DEBUG_LOG', false );

	// Code is part of the image: what one task installed or updated would be gone with the task and
	// missing in every other.
	if ( '1' !== wpimg_setting( 'WPIMG_FILE_MODS', '0' ) ) {
		$define( 'DISALLOW_FILE_MODS', true );
	}
	$define( 'AUTOMATIC_UPDATER_DISABLED', true );
} )();

// The language of `[wordpress] locale` in the recipe: that of the installer, and so of a new site, as in
// a translated release.
$wpimg_locale = (string) get_cfg_var( 'wpimg.locale' );
if ( '' !== $wpimg_locale ) {
	$GLOBALS['wp_local_package'] = $wpimg_locale;
}
unset( $wpimg_locale );

defined( 'ABSPATH' ) || define( 'ABSPATH', __DIR__ . '/' );

require_once ABSPATH . 'wp-settings.php';
