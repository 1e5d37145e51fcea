<?php
/**
 * Runs what is due, in one task of all that share the database. WordPress is loaded only when something is.
 *
 * In a network of sites each site is a run of its own, because each has its own plugins: the run of the main site
 * answers which others have something due.
 */

require __DIR__ . '/job.php';

/**
 * Whether something of this table of options is due.
 */
function wpimg_is_due( mysqli $database, string $options ): bool {
	$cron   = wpimg_job_value( $database, "SELECT option_value FROM $options WHERE option_name = 'cron'" );
	$events = @unserialize( (string) $cron, array( 'allowed_classes' => false ) );
	$times  = is_array( $events ) ? array_filter( array_keys( $events ), 'is_int' ) : array();
	return array() !== $times && min( $times ) <= time();
}

$wpimg_limit = microtime( true ) + (float) ( $_SERVER['WPIMG_CRON_TIMEOUT'] ?? 300 );
$wpimg_site  = max( 1, (int) ( $_SERVER['WPIMG_CRON_SITE'] ?? 1 ) );
if ( '' === wpimg_job_database_host() ) {
	wpimg_job_exit( 0 );
}
$wpimg_error    = '';
$wpimg_database = wpimg_job_connect( $wpimg_error );
if ( null === $wpimg_database ) {
	wpimg_job_say( 'cannot connect to the database at ' . wpimg_job_database_host() . ": $wpimg_error" );
	wpimg_job_exit( WPIMG_JOB_UNREACHABLE );
}
// Whoever holds it does it: nothing to wait for. A run that has lost its container holds it still.
if ( ! wpimg_job_lock( $wpimg_database, "cron$wpimg_site", 0 ) ) {
	wpimg_job_exit( 0 );
}
if ( 1 === $wpimg_site ) {
	$wpimg_blogs = wpimg_job_table( 'blogs' );
	$wpimg_found = $wpimg_database->query( "SELECT blog_id FROM $wpimg_blogs WHERE blog_id > 1 AND archived = 0 AND deleted = 0 AND spam = 0" );
	foreach ( $wpimg_found instanceof mysqli_result ? $wpimg_found : array() as $wpimg_row ) {
		if ( wpimg_is_due( $wpimg_database, wpimg_job_table( "{$wpimg_row['blog_id']}_options" ) ) ) {
			wpimg_job_answer( 'value', $wpimg_row['blog_id'] );
		}
	}
}
$wpimg_options = wpimg_job_table( 1 === $wpimg_site ? 'options' : "{$wpimg_site}_options" );
if ( ! wpimg_is_due( $wpimg_database, $wpimg_options ) ) {
	wpimg_job_exit( 0 );
}

$wpimg_home = (string) wpimg_job_value( $wpimg_database, "SELECT option_value FROM $wpimg_options WHERE option_name = 'home'" );
wpimg_job_visit( 1 === $wpimg_site ? wpimg_setting( 'WPIMG_HOME', (string) ( $_ENV['WP_HOME'] ?? $wpimg_home ) ) : $wpimg_home );
define( 'DOING_CRON', true );
// Its page would hide what has gone wrong.
define( 'WP_DISABLE_FATAL_ERROR_HANDLER', true );
require wpimg_job_core( 'wp-load.php' );

$wpimg_ran = array();
foreach ( wp_get_ready_cron_jobs() as $wpimg_time => $wpimg_hooks ) {
	foreach ( $wpimg_hooks as $wpimg_hook => $wpimg_runs ) {
		foreach ( $wpimg_runs as $wpimg_event ) {
			if ( microtime( true ) >= $wpimg_limit || wpimg_job_is_stopping() ) {
				break 3;
			}
			// Before it runs, so that one that never comes back does not begin again with every minute.
			if ( $wpimg_event['schedule'] ) {
				wp_reschedule_event( $wpimg_time, $wpimg_event['schedule'], $wpimg_hook, $wpimg_event['args'] );
			}
			wp_unschedule_event( $wpimg_time, $wpimg_hook, $wpimg_event['args'] );
			$wpimg_began = microtime( true );
			wpimg_running( $wpimg_hook );
			do_action_ref_array( $wpimg_hook, $wpimg_event['args'] );
			wpimg_running( '' );
			$wpimg_ran[] = sprintf( '%s (%.1f s)', $wpimg_hook, microtime( true ) - $wpimg_began );
		}
	}
}
if ( array() !== $wpimg_ran ) {
	wpimg_job_say( 'ran ' . implode( ', ', $wpimg_ran ) );
}
wpimg_job_exit( 0 );

/**
 * Remembers which event runs, and names it when it ends the whole run.
 */
function wpimg_running( string $hook ): void {
	static $running = null;
	if ( null === $running ) {
		register_shutdown_function(
			static function () use ( &$running ): void {
				if ( '' !== (string) $running ) {
					wpimg_job_say( "$running has ended the run: what else is due comes with the next one" );
				}
			}
		);
	}
	$running = $hook;
}
