<?php
// How full opcache is, for the metrics of wpimg-init. It asks php-fpm itself, through its socket; nginx serves nothing from here.

$status = function_exists('opcache_get_status') ? opcache_get_status(false) : false;
header('Content-Type: application/json');
if ($status === false) {
    echo 'null';
    return;
}
echo json_encode([
    'used' => $status['memory_usage']['used_memory'],
    'free' => $status['memory_usage']['free_memory'],
    'wasted' => $status['memory_usage']['wasted_memory'],
    'scripts' => $status['opcache_statistics']['num_cached_scripts'],
    'restarts' => $status['opcache_statistics']['oom_restarts'] + $status['opcache_statistics']['hash_restarts'],
]);
