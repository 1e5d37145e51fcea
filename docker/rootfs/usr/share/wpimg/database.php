<?php
/**
 * Connects to the database as the settings say: with or without TLS, and once more when the password has just
 * been changed. Used by WordPress (wp-content/db.php) and by the jobs, which begin before there is a WordPress.
 *
 * With WPIMG_DATABASE_TLS=verify the server's certificate must name the host that was asked and be signed by an authority
 * of WPIMG_DATABASE_CA, or where that is not given, by one of AWS's for RDS and Aurora, and by one of the system's for any
 * other host. That is the default where WPIMG_DATABASE_CA is given and for hosts of RDS; otherwise the connection is as in
 * the official image.
 */

require_once '/usr/share/wpimg/setting.php';

/** Seconds to wait for a server that does not answer at all. */
const WPIMG_DATABASE_CONNECT_TIMEOUT = 5;

/** Seconds to wait for a new password after the database has refused the one at hand. */
const WPIMG_DATABASE_PATIENCE = 5;

/** Seconds for which nobody waits again after that was in vain: each waiting request holds a worker. */
const WPIMG_DATABASE_PAUSE = 30;

/** MySQL's number for a wrong user or password (ER_ACCESS_DENIED_ERROR). */
const WPIMG_DATABASE_DENIED = 1045;

/** What AWS signs the certificates of RDS and Aurora with, as it publishes them; no system trusts these by itself. */
const WPIMG_RDS_AUTHORITIES = '/usr/share/wpimg/rds-global-bundle.pem';

/**
 * Whether the host of an address has a name of RDS, Aurora or RDS Proxy.
 */
function wpimg_database_is_rds( string $address ): bool {
	list( $host ) = wpimg_database_address( $address );
	return str_ends_with( strtolower( rtrim( $host, '.' ) ), '.rds.amazonaws.com' );
}

/**
 * Returns the file of the authorities that may have signed the database's certificate; null means those of the system.
 */
function wpimg_database_authorities( string $address ): ?string {
	if ( '' !== wpimg_setting( 'WPIMG_DATABASE_CA', '' ) ) {
		return wpimg_settings_directory() . '/WPIMG_DATABASE_CA';
	}
	// RDS Proxy has certificates of AWS's public authority, which the system trusts.
	return wpimg_database_is_rds( $address ) && ! str_contains( $address, '.proxy-' ) ? WPIMG_RDS_AUTHORITIES : null;
}

/**
 * Returns how to use TLS: off, encrypt or verify.
 */
function wpimg_database_tls( string $address ): string {
	$verifiable = '' !== wpimg_setting( 'WPIMG_DATABASE_CA', '' ) || wpimg_database_is_rds( $address );
	return wpimg_setting( 'WPIMG_DATABASE_TLS', $verifiable ? 'verify' : 'off' );
}

/**
 * Returns the flags for mysqli_real_connect(), which are WordPress's MYSQL_CLIENT_FLAGS as well.
 */
function wpimg_database_flags( string $address ): int {
	switch ( wpimg_database_tls( $address ) ) {
		case 'verify':
			return MYSQLI_CLIENT_SSL | MYSQLI_CLIENT_SSL_VERIFY_SERVER_CERT;
		case 'encrypt':
			return MYSQLI_CLIENT_SSL | MYSQLI_CLIENT_SSL_DONT_VERIFY_SERVER_CERT;
		default:
			return 0;
	}
}

/**
 * Takes DB_HOST apart: a host with or without a port or socket, an IPv6 address in brackets or bare.
 *
 * @return array{string, int|null, string|null} Host, port and socket as mysqli wants them.
 */
function wpimg_database_address( string $address ): array {
	$socket = null;
	$slash  = strpos( $address, ':/' );
	if ( false !== $slash ) {
		$socket  = substr( $address, $slash + 1 );
		$address = substr( $address, 0, $slash );
	}
	if ( preg_match( '/\A\[?([0-9a-f:]*:[0-9a-f:]*:[0-9a-f.:]*)(?:\]:([0-9]+)|\])?\z/i', $address, $found ) ) {
		// mysqlnd tells the port of an IPv6 address by the brackets.
		return array( "[$found[1]]", isset( $found[2] ) ? (int) $found[2] : null, $socket );
	}
	if ( preg_match( '/\A([^:]*):([0-9]+)\z/', $address, $found ) ) {
		return array( $found[1], (int) $found[2], $socket );
	}
	return array( $address, null, $socket );
}

/**
 * Connects once.
 *
 * @param mysqli $database     What mysqli_init() returned.
 * @param string $error        Why it did not work.
 * @return int Zero, or the number of the error.
 */
function wpimg_database_connect_once( mysqli $database, string $address, string $user, #[\SensitiveParameter] string $password, ?int $flags, string &$error ): int {
	mysqli_report( MYSQLI_REPORT_OFF );
	list( $host, $port, $socket ) = wpimg_database_address( $address );

	$database->options( MYSQLI_OPT_CONNECT_TIMEOUT, WPIMG_DATABASE_CONNECT_TIMEOUT );
	$authorities = wpimg_database_authorities( $address );
	if ( null !== $authorities ) {
		$database->ssl_set( null, null, $authorities, null, null );
	}
	$flags ??= wpimg_database_flags( $address );
	// A failed handshake is told by warnings only; the error itself says no more than that there is none.
	$warnings = array();
	set_error_handler(
		static function ( int $level, string $text ) use ( &$warnings ): bool {
			$warnings[] = $text;
			return true;
		}
	);
	try {
		$connected = $database->real_connect( $host, $user, $password, null, $port, $socket, $flags );
	} finally {
		restore_error_handler();
	}
	if ( $connected ) {
		return 0;
	}
	$reasons = array_map( 'wpimg_database_reason', array( $database->connect_error, ...( $flags ? $warnings : array() ) ) );
	$error   = implode( '; ', array_unique( array_filter( $reasons ) ) );
	return $database->connect_errno ? $database->connect_errno : 2002;
}

/**
 * Returns an error of mysqli or OpenSSL on one line.
 */
function wpimg_database_reason( ?string $text ): string {
	return trim( (string) preg_replace( array( '/mysqli::real_connect\(\): (\([A-Z0-9]+\/[0-9]+\): )?/', '/\s+/' ), array( '', ' ' ), (string) $text ) );
}

/**
 * Connects. When the database refuses user and password, asks for fresh ones and waits for them a little: right after
 * a rotation the old ones are what every task still has.
 *
 * @param callable(): array{string, string} $credentials Reads user and password.
 * @param string                            $error       Why it did not work.
 * @return mysqli|int The connection, or the number of the error.
 */
function wpimg_database_connect( string $address, callable $credentials, string &$error, ?int $flags = null ) {
	$tried = $credentials();
	$until = null;
	while ( true ) {
		$database = mysqli_init();
		$number   = wpimg_database_connect_once( $database, $address, $tried[0], $tried[1], $flags, $error );
		if ( 0 === $number ) {
			return $database;
		}
		if ( WPIMG_DATABASE_DENIED !== $number ) {
			return $number;
		}
		// They may have been swapped between reading them and being refused.
		$fresh = $credentials();
		while ( $fresh === $tried ) {
			$until ??= wpimg_database_ask_for_credentials();
			if ( microtime( true ) >= $until ) {
				wpimg_database_mark( 'database-denied-in-vain' );
				return $number;
			}
			usleep( 100000 );
			$fresh = $credentials();
		}
		$tried = $fresh;
	}
}

/**
 * Tells PID 1 that the credentials do not count any more, and returns until when to wait for others.
 */
function wpimg_database_ask_for_credentials(): float {
	$in_vain = wpimg_database_run_directory() . '/tmp/database-denied-in-vain';
	clearstatcache( true, $in_vain );
	$since = @filemtime( $in_vain );
	if ( false !== $since && time() - $since < WPIMG_DATABASE_PAUSE ) {
		return 0.0;
	}
	return wpimg_database_mark( 'database-denied' ) ? microtime( true ) + WPIMG_DATABASE_PATIENCE : 0.0;
}

/**
 * Touches a file that others look at; nobody can come back where there is no PID 1 to read it.
 */
function wpimg_database_mark( string $name ): bool {
	return @touch( wpimg_database_run_directory() . "/tmp/$name" );
}

function wpimg_database_run_directory(): string {
	return dirname( wpimg_settings_directory() );
}

/**
 * Reads user and password out of the newest generation of the settings, whichever this request began with.
 *
 * @return array{string, string}
 */
function wpimg_database_credentials(): array {
	wpimg_settings_directory( true );
	return array( wpimg_setting( 'WORDPRESS_DB_USER', 'example username' ), wpimg_setting( 'WORDPRESS_DB_PASSWORD', 'example password' ) );
}
