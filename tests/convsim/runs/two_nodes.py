"""A Ray cluster of two nodes for a test: prints its address, kills the second node at the first line of input."""

import sys

import ray
from ray.cluster_utils import Cluster

# A dead node is noticed after some seconds; as a rule Ray waits for half a minute.
watchful = {"health_check_period_ms": 1000, "health_check_timeout_ms": 2000, "health_check_failure_threshold": 3}
head = {"num_cpus": 1, "include_dashboard": False, "_system_config": watchful}
cluster = Cluster(initialize_head=True, head_node_args=head)
second = cluster.add_node(num_cpus=1)
ray.init(cluster.address, log_to_driver=False, logging_level="ERROR")
sys.stdout.write(f"{cluster.address} {len(ray.nodes())}\n")
sys.stdout.flush()
sys.stdin.readline()
cluster.remove_node(second, allow_graceful=False)
sys.stdin.readline()
ray.shutdown()
cluster.shutdown()
