<?php
/**
 * Gives a Composer project, such as Bedrock, its configuration: run by PHP before every script
 * (auto_prepend_file), in images of such projects only.
 *
 * The project reads variables of the environment, where a secret must not be. So the same names are
 * put into $_ENV for the length of a request, which no other process can see. Those that the image
 * lists in WPIMG_PHP_VARIABLES win over WordPress's own settings (WORDPRESS_DB_PASSWORD), which are
 * the same in every image.
 *
 * Set WP_HOME. Without it the address is the one that the visitor asked for, which is right behind a
 * load balancer that lets only its own names through, and a visitor's invention elsewhere.
 */

require_once '/usr/share/wpimg/setting.php';

( static function (): void {
	$names = array(
		'DB_NAME'     => 'WORDPRESS_DB_NAME',
		'DB_USER'     => 'WORDPRESS_DB_USER',
		'DB_PASSWORD' => 'WORDPRESS_DB_PASSWORD',
		'DB_HOST'     => 'WORDPRESS_DB_HOST',
		'DB_PREFIX'   => 'WORDPRESS_TABLE_PREFIX',
	);
	$defaults = array();
	foreach ( array( 'AUTH', 'SECURE_AUTH', 'LOGGED_IN', 'NONCE' ) as $scheme ) {
		foreach ( array( 'KEY', 'SALT' ) as $kind ) {
			$names[ "{$scheme}_{$kind}" ] = "WORDPRESS_{$scheme}_{$kind}";
			// With this phrase WordPress keeps keys of its own in the database, the same for every task.
			$defaults[ "{$scheme}_{$kind}" ] = 'put your unique phrase here';
		}
	}
	foreach ( $names as $name => $wordpress ) {
		$value = wpimg_setting( $name, '' );
		if ( '' === $value ) {
			$value = wpimg_setting( $wordpress, $defaults[ $name ] ?? '' );
		}
		// What is not given keeps the project's own default.
		if ( '' !== $value ) {
			$_ENV[ $name ] = $value;
		}
	}
	foreach ( (array) @scandir( wpimg_settings_directory() ) as $name ) {
		// A file that is just being replaced has a dot in its name.
		if ( is_string( $name ) && preg_match( '/\A[A-Z][A-Z0-9_]*\z/', $name ) && ! str_starts_with( $name, 'WORDPRESS_' ) ) {
			$_ENV[ $name ] = wpimg_setting( $name, '' );
		}
	}

	$home = wpimg_setting( 'WP_HOME', '' );
	if ( '' === $home ) {
		$host = (string) ( $_SERVER['HTTP_HOST'] ?? '' );
		if ( ! preg_match( '/\A(?:[a-z0-9.-]+|\[[0-9a-f:]+\])(?::[0-9]{1,5})?\z/i', $host ) ) {
			$host = 'localhost';
		}
		// nginx sets HTTPS from what the load balancer forwards.
		$home = ( 'on' === ( $_SERVER['HTTPS'] ?? '' ) ? 'https://' : 'http://' ) . $host;
	}
	$home            = rtrim( $home, '/' );
	$_ENV['WP_HOME'] = $home;

	$site               = wpimg_setting( 'WP_SITEURL', '' );
	$_ENV['WP_SITEURL'] = '' === $site ? $home . get_cfg_var( 'wpimg.core' ) : $site;

	if ( 'project' === get_cfg_var( 'wpimg.configuration' ) ) {
		// The image's own wp-config.php, which does this elsewhere, is not there.
		$locale = (string) get_cfg_var( 'wpimg.locale' );
		if ( '' !== $locale ) {
			$GLOBALS['wp_local_package'] = $locale;
		}
		$extra = wpimg_setting( 'WORDPRESS_CONFIG_EXTRA', '' );
		if ( '' !== $extra ) {
			eval( $extra );
		}
		return;
	}
	if ( '' === get_cfg_var( 'wpimg.core' ) && '/wp-content' === get_cfg_var( 'wpimg.content' ) ) {
		// As on any server: the address is in the database.
		return;
	}
	define( 'WP_HOME', $_ENV['WP_HOME'] );
	define( 'WP_SITEURL', $_ENV['WP_SITEURL'] );
	define( 'WP_CONTENT_DIR', get_cfg_var( 'wpimg.document_root' ) . get_cfg_var( 'wpimg.content' ) );
	define( 'WP_CONTENT_URL', $home . get_cfg_var( 'wpimg.content' ) );
} )();
