<?php
/**
 * Reads the settings that wpimg-init wrote, on every request.
 *
 * Each setting is a file in the runtime directory, so a rotated password is used by the next request
 * without a restart, and no secret is in the environment of a PHP worker. The link `secrets` names the directory
 * that counts; it is followed once, so that no request sees a new user with an old password. Where there is no such
 * file, as in a command line tool that runs without wpimg-init's set-up, the variable itself
 * or the file NAME_FILE points at counts, as in the official WordPress image.
 */

/**
 * Returns the directory with a file per setting.
 *
 * @param bool $again Follow the link once more: for who has just found out that the settings at hand do not count.
 */
function wpimg_settings_directory( bool $again = false ): string {
	static $directory = null;
	if ( null === $directory || $again ) {
		$directory = '/run/wpimg/secrets';
		// The second place is where wpimg-init goes when it cannot write to /run.
		foreach ( array( (string) getenv( 'WPIMG_RUN_DIR' ), '/run/wpimg', '/dev/shm/wpimg', '/tmp/wpimg' ) as $run ) {
			// Not left to PHP's own file functions: they remember for minutes where a link led to.
			$current = '' === $run ? false : @readlink( "$run/secrets" );
			if ( false !== $current ) {
				$directory = "$run/$current";
				break;
			}
		}
	}
	return $directory;
}

/**
 * Returns a setting by the name of its variable.
 */
function wpimg_setting( string $name, string $default ): string {
	$value = @file_get_contents( wpimg_settings_directory() . "/$name" );
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
