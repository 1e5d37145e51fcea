<?php
/**
 * WordPress's configuration: reads what wpimg-init wrote, on every request.
 *
 * Each setting is a file in the runtime directory, so a rotated password is used by the next request
 * without a restart, and no secret is in the environment of a PHP worker. Where there is no such
 * file, as in a command line tool that runs without wpimg-init's set-up, the variable itself
 * or the file NAME_FILE points at counts, as in the official WordPress image.
 *
 * To add to this file, set WORDPRESS_CONFIG_EXTRA to lines of PHP.
 */

// wp-cli evaluates this file a second time.
if ( ! function_exists( 'wpimg_setting' ) ) {
	/**
	 * Returns a setting by the name of its variable.
	 */
	function wpimg_setting( string $name, string $default ): string {
		static $directory = null;
		if ( null === $directory ) {
			$directory = '/run/wpimg/secrets';
			// The second place is where wpimg-init goes when it cannot write to /run.
			foreach ( array( (string) getenv( 'WPIMG_RUN_DIR' ), '/run/wpimg', '/dev/shm/wpimg', '/tmp/wpimg' ) as $run ) {
				if ( '' !== $run && is_dir( "$run/secrets" ) ) {
					$directory = "$run/secrets";
					break;
				}
			}
		}
		$value = @file_get_contents( "$directory/$name" );
		if ( false !== $value ) {
			return $value;
		}
		$file = (string) getenv( "{$name}_FILE" );
		if ( '' !== $file ) {
			return rtrim( (string) file_get_contents( $file ), "\r\n" );
		}
		$value = getenv( $name );
		return false === $value ? $default : $value;
	}
}

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

// Code is part of the image: what one task installed or updated would be gone with the task and
// missing in every other.
defined( 'DISALLOW_FILE_MODS' ) || define( 'DISALLOW_FILE_MODS', true );
defined( 'AUTOMATIC_UPDATER_DISABLED' ) || define( 'AUTOMATIC_UPDATER_DISABLED', true );

defined( 'ABSPATH' ) || define( 'ABSPATH', __DIR__ . '/' );

require_once ABSPATH . 'wp-settings.php';
