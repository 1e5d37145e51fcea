"""Runs MiniStack with a load balancer that, as AWS's, sends visitors only to tasks that answer the health check, and to
none that is about to be stopped: ECS takes a task out of its target group before it sends the signal.

The emulator itself (1.5.33) sends visitors to a container from the moment it is created to the moment it is gone.
"""

import sys
import threading
import time
import urllib.request

from ministack.app import main
from ministack.core.responses import request_scope
from ministack.services import alb, ecs

ACCOUNT = "000000000000"
REGION = sys.argv.pop(1)
HEALTH_PATH = "/readyz"
LOOK_AGAIN = 0.2  # seconds

leaving = set()
set_targets = alb.set_targets_for_group
stop_task = ecs._stop_task


def is_healthy(address, port):
    try:
        with urllib.request.urlopen(f"http://{address}:{port}{HEALTH_PATH}", timeout=2) as answer:
            return answer.status == 200
    except OSError:
        return False


def set_healthy_targets(group, targets, previous=()):
    targets = [(ip, port) for ip, port in targets if ip not in leaving and is_healthy(ip, port)]
    return set_targets(group, targets, previous)


def stop_after_leaving(data):
    task = ecs._resolve_task(data.get("task", ""), ecs._resolve_cluster_name(data.get("cluster", "default")))
    address = ecs._task_ip(task) if task else None
    leaving.add(address)
    synchronize()
    time.sleep(LOOK_AGAIN)
    try:
        return stop_task(data)
    finally:
        leaving.discard(address)


def synchronize():
    with request_scope(ACCOUNT, REGION):
        for key, service in list(ecs._services.items()):
            ecs._sync_service_targets(key.split("/", 1)[0], service)


def keep_looking():
    while True:
        time.sleep(LOOK_AGAIN)
        synchronize()


alb.set_targets_for_group = set_healthy_targets
ecs._stop_task = stop_after_leaving
threading.Thread(target=keep_looking, daemon=True).start()
main()
