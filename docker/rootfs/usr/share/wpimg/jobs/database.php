<?php
/**
 * Waits for the database, installs WordPress into an empty one, and brings its tables up to date after an update of the
 * image. However many tasks start at once, one of them does it.
 */

require __DIR__ . '/job.php';

/** Seconds between two attempts, at the beginning and at most. */
const WPIMG_FIRST_PAUSE   = 0.25;
const WPIMG_LONGEST_PAUSE = 2.0;

/** Seconds between two lines about the same. */
const WPIMG_SAY_EVERY = 10;

function wpimg_wait_for_database( float $limit ): ?mysqli {
	$host  = wpimg_job_database_host();
	$began = microtime( true );
	$said  = null;
	$pause = WPIMG_FIRST_PAUSE;
	while ( true ) {
		$error    = '';
		$database = wpimg_job_connect( $error );
		$waited   = microtime( true ) - $began;
		if ( $database ) {
			if ( null !== $said ) {
				wpimg_job_say( sprintf( 'the database at %s answers after %.0f s', $host, $waited ) );
			}
			return $database;
		}
		if ( $waited >= $limit || wpimg_job_is_stopping() ) {
			wpimg_job_say( sprintf( 'the database at %s cannot be used after %.0f s: %s', $host, $waited, $error ) );
			wpimg_job_say( 'hint: check WORDPRESS_DB_HOST, the user and the password, the TLS settings and the security group; WPIMG_DATABASE_WAIT says how long to wait' );
			return null;
		}
		if ( null === $said || $waited - $said >= WPIMG_SAY_EVERY ) {
			wpimg_job_say( sprintf( 'waiting for the database at %s, for another %.0f s: %s', $host, $limit - $waited, $error ) );
			$said = $waited;
		}
		usleep( (int) ( 1e6 * min( $pause, max( 0.01, $limit - $waited ) ) ) );
		$pause = min( 2 * $pause, WPIMG_LONGEST_PAUSE );
	}
}

/**
 * A site has an address and somebody who can log in: an installation that was killed has the first only.
 */
function wpimg_is_installed( mysqli $database ): bool {
	$users = wpimg_job_table( 'users' );
	return null !== wpimg_job_option( $database, 'siteurl' )
		&& null !== wpimg_job_value( $database, "SELECT ID FROM $users LIMIT 1" );
}

/**
 * The version of the tables that the image's WordPress wants.
 */
function wpimg_wanted_version(): int {
	$wp_db_version = 0;
	include wpimg_job_core( 'wp-includes/version.php' );
	return $wp_db_version;
}

function wpimg_found_version( mysqli $database ): int {
	return (int) wpimg_job_option( $database, 'db_version' );
}

/**
 * Waits for the lock as long as it takes: whoever holds it does what we would have to do.
 */
function wpimg_lock_database( mysqli $database, string $what ): void {
	for ( $said = false; ! wpimg_job_lock( $database, 'database', $said ? WPIMG_SAY_EVERY : 1 ); $said = true ) {
		if ( $database->errno ) {
			wpimg_job_say( "lost the database while waiting for another task that $what: {$database->error}" );
			wpimg_job_exit( WPIMG_JOB_UNREACHABLE );
		}
		if ( ! $said ) {
			wpimg_job_say( "waiting for another task that $what" );
		}
		if ( wpimg_job_is_stopping() ) {
			wpimg_job_exit( WPIMG_JOB_UNREACHABLE );
		}
	}
}

$wpimg_wait    = (float) ( $_SERVER['WPIMG_DATABASE_WAIT'] ?? 0 );
$wpimg_install = '1' === wpimg_setting( 'WPIMG_INSTALL', '0' );
if ( '' === wpimg_job_database_host() || ( 0.0 === $wpimg_wait && ! $wpimg_install ) ) {
	wpimg_job_exit( 0 );
}
$wpimg_database = wpimg_wait_for_database( $wpimg_wait );
if ( null === $wpimg_database ) {
	wpimg_job_exit( WPIMG_JOB_UNREACHABLE );
}
$wpimg_wanted = wpimg_wanted_version();
$wpimg_to_do  = '';
if ( ! wpimg_is_installed( $wpimg_database ) ) {
	$wpimg_to_do = $wpimg_install ? 'installs WordPress' : '';
} elseif ( wpimg_found_version( $wpimg_database ) > $wpimg_wanted ) {
	wpimg_job_say( sprintf( 'the tables are those of a newer WordPress: version %d, this image has %d', wpimg_found_version( $wpimg_database ), $wpimg_wanted ) );
} elseif ( wpimg_found_version( $wpimg_database ) < $wpimg_wanted && '1' === wpimg_setting( 'WPIMG_DATABASE_UPGRADE', '1' ) ) {
	$wpimg_to_do = 'brings the tables up to date';
}
if ( '' === $wpimg_to_do ) {
	wpimg_job_exit( 0 );
}

wpimg_lock_database( $wpimg_database, $wpimg_to_do );
// Another task may have done it meanwhile.
$wpimg_is_installed = wpimg_is_installed( $wpimg_database );
$wpimg_before       = wpimg_found_version( $wpimg_database );
if ( $wpimg_is_installed && $wpimg_before >= $wpimg_wanted ) {
	wpimg_job_exit( 0 );
}
if ( ! $wpimg_is_installed && ! in_array( wpimg_setting( 'WPIMG_MULTISITE', 'off' ), array( 'off', 'allow' ), true ) ) {
	wpimg_job_say( 'error: a network of sites cannot be installed at once: set WPIMG_MULTISITE to allow, let WordPress be installed, and make it a network in its dashboard' );
	wpimg_job_exit( 1 );
}

$wpimg_address = wpimg_job_option( $wpimg_database, 'home' ) ?? '';
if ( ! $wpimg_is_installed ) {
	$wpimg_address = wpimg_setting( 'WPIMG_INSTALL_URL', wpimg_setting( 'WPIMG_HOME', wpimg_setting( 'WP_HOME', '' ) ) );
	// WordPress would guess it from the request, which is ours.
	if ( '' === wpimg_setting( 'WPIMG_SITEURL', '' ) && '' === (string) get_cfg_var( 'wpimg.core' ) ) {
		define( 'WP_SITEURL', $wpimg_address );
	}
	/**
	 * There is nobody to send the message to yet, and no program to send it with.
	 */
	function wp_new_blog_notification( $blog_title, $blog_url, $user_id, $password ) {
	}
}
wpimg_job_visit( $wpimg_address );
$wpimg_began = microtime( true );

define( 'WP_INSTALLING', true );
// Its page would hide what has gone wrong.
define( 'WP_DISABLE_FATAL_ERROR_HANDLER', true );
require wpimg_job_core( 'wp-load.php' );
require_once ABSPATH . 'wp-admin/includes/upgrade.php';

if ( $wpimg_is_installed ) {
	wp_upgrade();
	$wpimg_done = sprintf( 'brought the tables from version %d to %d', $wpimg_before, $wpimg_wanted );
} else {
	// WordPress asks its own address whether nginx rewrites, and nobody answers there yet. It does.
	$wpimg_permalinks = static fn() => '/%year%/%monthnum%/%day%/%postname%/';
	add_filter( 'pre_option_permalink_structure', $wpimg_permalinks );
	$wpimg_language = (string) ( $GLOBALS['wp_local_package'] ?? '' );
	if ( '' !== $wpimg_language ) {
		load_default_textdomain( $wpimg_language );
		$GLOBALS['wp_locale'] = new WP_Locale();
	}
	wp_install(
		wpimg_setting( 'WPIMG_INSTALL_TITLE', 'WordPress' ),
		wpimg_setting( 'WPIMG_INSTALL_ADMIN_USER', '' ),
		wpimg_setting( 'WPIMG_INSTALL_ADMIN_EMAIL', '' ),
		true,
		'',
		// As the form does, because what it gives is slashed.
		wp_slash( wpimg_setting( 'WPIMG_INSTALL_ADMIN_PASSWORD', '' ) ),
		$wpimg_language
	);
	remove_filter( 'pre_option_permalink_structure', $wpimg_permalinks );
	update_option( 'permalink_structure', $wpimg_permalinks() );
	delete_option( 'rewrite_rules' );
	$wpimg_done = "installed WordPress for $wpimg_address";
}
if ( ! wpimg_is_installed( $wpimg_database ) || wpimg_found_version( $wpimg_database ) < $wpimg_wanted ) {
	wpimg_job_say( 'error: WordPress says that it is done, and the database says that it is not' );
	wpimg_job_exit( 1 );
}
wpimg_job_say( sprintf( '%s in %.1f s', $wpimg_done, microtime( true ) - $wpimg_began ) );
wpimg_job_exit( 0 );
