<?php
/**
 * Answers under which name the first page is to be asked for: that of the site, because under any other WordPress
 * only sends the visitor on. Answers nothing where there is no site.
 */

require __DIR__ . '/job.php';

if ( '' === wpimg_job_database_host() ) {
	wpimg_job_exit( 0 );
}
$wpimg_error    = '';
$wpimg_database = wpimg_job_connect( $wpimg_error );
$wpimg_home     = $wpimg_database ? wpimg_job_option( $wpimg_database, 'home' ) : null;
if ( null === $wpimg_home ) {
	wpimg_job_exit( 0 );
}
wpimg_job_visit( wpimg_setting( 'WPIMG_HOME', (string) ( $_ENV['WP_HOME'] ?? $wpimg_home ) ) );
wpimg_job_answer( 'value', ( 'on' === ( $_SERVER['HTTPS'] ?? '' ) ? 'https' : 'http' ) . ' ' . $_SERVER['HTTP_HOST'] );
wpimg_job_exit( 0 );
