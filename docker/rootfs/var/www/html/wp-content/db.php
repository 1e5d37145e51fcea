<?php
/**
 * WordPress's own access to the database, connected by wpimg's rules: TLS with the given authority, and no failed
 * request when the password is rotated. A site that brings another db.php replaces this one.
 */

defined( 'ABSPATH' ) || exit;

require_once '/usr/share/wpimg/database.php';

// phpcs:ignore WordPress.WP.GlobalVariablesOverride
$GLOBALS['wpdb'] = new class( DB_USER, DB_PASSWORD, DB_NAME, DB_HOST ) extends wpdb {
	/**
	 * Connects and selects the database, as the class above does.
	 *
	 * @param bool $allow_bail Whether a failure ends the request with WordPress's own page.
	 * @return bool
	 */
	public function db_connect( $allow_bail = true ) {
		$this->is_mysql = true;

		// First what wp-config.php has read, then what the settings say by now.
		$known       = array( $this->dbuser, $this->dbpassword );
		$credentials = static function () use ( &$known ): array {
			list( $now, $known ) = array( $known ?? wpimg_database_credentials(), null );
			return $now;
		};

		$error = '';
		$flags = defined( 'MYSQL_CLIENT_FLAGS' ) ? (int) MYSQL_CLIENT_FLAGS : 0;
		$dbh   = wpimg_database_connect( $this->dbhost, $credentials, $error, $flags );
		if ( is_int( $dbh ) ) {
			$this->dbh = null;
			error_log( "cannot connect to the database at {$this->dbhost}: $error" );
			if ( $allow_bail ) {
				// WordPress goes on to dead_db(), which shows the site's own db-error.php if there is one.
				$this->bail( '<h1>Error establishing a database connection</h1>', 'db_connect_fail' );
			}
			return false;
		}
		$this->dbh = $dbh;
		if ( empty( $this->charset ) ) {
			$this->init_charset();
		}
		$this->set_charset( $this->dbh );
		$this->ready = true;
		$this->set_sql_mode();
		$this->select( $this->dbname, $this->dbh );
		return true;
	}
};
