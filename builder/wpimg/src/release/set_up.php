require '/usr/share/wpimg/database.php';
$error    = '';
$database = wpimg_database_connect( wpimg_setting( 'WORDPRESS_DB_HOST', '' ), 'wpimg_database_credentials', $error );
if ( is_int( $database ) ) {
	fwrite( STDERR, "$error\n" );
	exit( 1 );
}
$password = $database->real_escape_string( wpimg_setting( 'SITE_PASSWORD', '' ) );
$user     = $database->real_escape_string( wpimg_setting( 'SITE_USER', '' ) );
$name     = str_replace( '`', '``', wpimg_setting( 'WORDPRESS_DB_NAME', '' ) );
$statements = array(
	"CREATE USER IF NOT EXISTS '$user'@'%'",
	"ALTER USER '$user'@'%' IDENTIFIED BY '$password'",
	"GRANT ALL PRIVILEGES ON `$name`.* TO '$user'@'%'",
);
foreach ( $statements as $statement ) {
	try {
		$done = $database->query( $statement );
	} catch ( mysqli_sql_exception $exception ) {
		$done = false;
	}
	if ( ! $done ) {
		fwrite( STDERR, $database->error . "\n" );
		exit( 1 );
	}
}
echo "the database has the user $user\n";
