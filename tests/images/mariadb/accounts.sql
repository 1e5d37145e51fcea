CREATE DATABASE IF NOT EXISTS wordpress;
CREATE USER IF NOT EXISTS 'wordpress'@'%' IDENTIFIED BY 'wordpress-test-password';
GRANT ALL PRIVILEGES ON wordpress.* TO 'wordpress'@'%';
CREATE USER IF NOT EXISTS 'master'@'%' IDENTIFIED BY 'wordpress-test-password';
GRANT ALL PRIVILEGES ON *.* TO 'master'@'%' WITH GRANT OPTION;
