<?php
/**
 * Answers whether WordPress can use its database: 200, or 503 with the reason.
 *
 * For /readyz with WPIMG_READY_DATABASE=1 and for `wpimg-init healthcheck --database`. Not below the
 * document root: only those two have a route to it.
 */

require_once __DIR__ . '/database.php';

header( 'Content-Type: text/plain' );

$wpimg_database = mysqli_init();
$wpimg_reason   = '';
// Once, without waiting for fresh credentials: whoever asks comes again.
$wpimg_number = wpimg_database_connect_once(
	$wpimg_database,
	wpimg_setting( 'WORDPRESS_DB_HOST', 'mysql' ),
	wpimg_setting( 'WORDPRESS_DB_USER', 'example username' ),
	wpimg_setting( 'WORDPRESS_DB_PASSWORD', 'example password' ),
	null,
	$wpimg_reason
);
if ( 0 === $wpimg_number && ! $wpimg_database->select_db( wpimg_setting( 'WORDPRESS_DB_NAME', 'wordpress' ) ) ) {
	$wpimg_number = $wpimg_database->errno;
}
if ( 0 === $wpimg_number ) {
	echo "ok\n";
} else {
	http_response_code( 503 );
	// The number and no more: anybody may ask /readyz, and the reason names the user and the host.
	echo 'the database refuses with error ', $wpimg_number, "\n";
}
