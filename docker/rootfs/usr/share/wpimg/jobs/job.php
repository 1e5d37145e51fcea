<?php
/**
 * What every script of the jobs begins with. Lines that it prints are logged; those that begin with \x01 are for
 * wpimg-init: which process this is, what it answers, and how it ended.
 */

printf( "\x01process %d\n", getmypid() );

// Whoever has asked may go; what has begun is brought to an end.
ignore_user_abort( true );

require_once '/usr/share/wpimg/setting.php';
require_once '/usr/share/wpimg/database.php';

/** EX_TEMPFAIL of sysexits(3): the database cannot be reached. */
const WPIMG_JOB_UNREACHABLE = 75;

/**
 * Ends the script with a status. One that ends in another way has failed.
 */
function wpimg_job_exit( int $status ): never {
	wpimg_job_answer( 'exit', (string) $status );
	exit;
}

function wpimg_job_answer( string $name, string $value ): void {
	// WordPress or a plugin may have begun to buffer.
	while ( ob_get_level() > 0 && ob_end_clean() ) {
		continue;
	}
	echo "\x01$name $value\n";
}

/**
 * Logs one line.
 */
function wpimg_job_say( string $text ): void {
	$buffered = ob_get_level() > 0 ? (string) ob_get_contents() : null;
	if ( null !== $buffered ) {
		ob_clean();
	}
	echo str_replace( array( "\r", "\n", "\x01" ), ' ', $text ), "\n";
	while ( ob_get_level() > 0 && ob_end_flush() ) {
		continue;
	}
	flush();
}

/**
 * The database's settings; an image of a Composer project has names of its own (composer.php).
 */
function wpimg_job_database_setting( string $project, string $wordpress, string $default ): string {
	return (string) ( $_ENV[ $project ] ?? wpimg_setting( $wordpress, $default ) );
}

/**
 * Returns where the database is, or an empty string when nobody has said so.
 */
function wpimg_job_database_host(): string {
	return wpimg_job_database_setting( 'DB_HOST', 'WORDPRESS_DB_HOST', '' );
}

function wpimg_job_database_name(): string {
	return wpimg_job_database_setting( 'DB_NAME', 'WORDPRESS_DB_NAME', 'wordpress' );
}

/**
 * Returns a table of the site, quoted.
 */
function wpimg_job_table( string $name ): string {
	$prefix = preg_replace( '/[^A-Za-z0-9_]/', '', wpimg_job_database_setting( 'DB_PREFIX', 'WORDPRESS_TABLE_PREFIX', 'wp_' ) );
	return "`$prefix$name`";
}

/**
 * Connects and selects the database. This connection is the job's own: WordPress's may be lost and made again,
 * and with it every lock.
 *
 * @param string $error Why it did not work.
 */
function wpimg_job_connect( string &$error ): ?mysqli {
	$credentials = static function (): array {
		$now = wpimg_database_credentials();
		return array( (string) ( $_ENV['DB_USER'] ?? $now[0] ), (string) ( $_ENV['DB_PASSWORD'] ?? $now[1] ) );
	};
	$database = wpimg_database_connect( wpimg_job_database_host(), $credentials, $error );
	if ( is_int( $database ) ) {
		return null;
	}
	if ( ! $database->select_db( wpimg_job_database_name() ) ) {
		$error = $database->error;
		return null;
	}
	return $database;
}

/**
 * Returns the first column of the first row; null when there is none, or no such table.
 */
function wpimg_job_value( mysqli $database, string $query ): ?string {
	$result = $database->query( $query );
	$row    = $result instanceof mysqli_result ? $result->fetch_row() : null;
	return isset( $row[0] ) ? (string) $row[0] : null;
}

function wpimg_job_option( mysqli $database, string $name ): ?string {
	$table = wpimg_job_table( 'options' );
	$name  = $database->real_escape_string( $name );
	return wpimg_job_value( $database, "SELECT option_value FROM $table WHERE option_name = '$name'" );
}

/**
 * Takes a lock that all tasks of this site share, waiting for at most so many seconds. It is held until the
 * connection ends.
 */
function wpimg_job_lock( mysqli $database, string $name, int $seconds ): bool {
	// The names are those of the whole server, and at most 64 characters long.
	$site = sha1( wpimg_job_database_name() . ' ' . wpimg_job_table( 'options' ) );
	return '1' === wpimg_job_value( $database, "SELECT GET_LOCK('wpimg-$name-$site', $seconds)" );
}

/**
 * Makes this script a request for an address of the site.
 */
function wpimg_job_visit( string $address ): void {
	$parts = parse_url( $address );
	if ( ! isset( $parts['host'] ) ) {
		return;
	}
	$_SERVER['HTTP_HOST']   = $parts['host'] . ( isset( $parts['port'] ) ? ":{$parts['port']}" : '' );
	$_SERVER['SERVER_NAME'] = $parts['host'];
	$_SERVER['REQUEST_URI'] = ( $parts['path'] ?? '' ) . '/';
	if ( 'https' === ( $parts['scheme'] ?? '' ) ) {
		$_SERVER['HTTPS']       = 'on';
		$_SERVER['SERVER_PORT'] = (string) ( $parts['port'] ?? 443 );
	}
}

/**
 * Returns the file below WordPress's own directory, which a Composer project has elsewhere.
 */
function wpimg_job_core( string $file ): string {
	$root = (string) get_cfg_var( 'wpimg.document_root' );
	return ( '' === $root ? '/var/www/html' : $root ) . get_cfg_var( 'wpimg.core' ) . "/$file";
}

/**
 * Whether the container is about to stop.
 */
function wpimg_job_is_stopping(): bool {
	$marker = wpimg_database_run_directory() . '/draining';
	clearstatcache( true, $marker );
	return file_exists( $marker );
}
