# The peer of our demo: the same three routes on workerd, objects kept in SQLite on the local disk.
# start.sh gives the address and the directory.
using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [
    (name = "counters", worker = .counters),
    (name = "objects", disk = (writable = true)),
  ],
  sockets = [(name = "http", http = (), service = "counters")],
);

const counters :Workerd.Worker = (
  modules = [(name = "worker", esModule = embed "worker.js")],
  compatibilityDate = "2024-09-23",
  durableObjectNamespaces = [
    (className = "Counter", uniqueKey = "stead-bench-counter", enableSql = true),
    (className = "Memory", uniqueKey = "stead-bench-memory", enableSql = true),
  ],
  bindings = [
    (name = "COUNTER", durableObjectNamespace = "Counter"),
    (name = "MEMORY", durableObjectNamespace = "Memory"),
  ],
  durableObjectStorage = (localDisk = "objects"),
);
