// The same surface as examples/demo: one SQL write, one SQL read, one field.
import { DurableObject } from "cloudflare:workers";

export class Counter extends DurableObject {
  constructor(state, env) {
    super(state, env);
    this.sql = state.storage.sql;
    this.sql.exec("CREATE TABLE IF NOT EXISTS counter(id INTEGER PRIMARY KEY, value INTEGER)");
  }

  async fetch(request) {
    return new Response(String(request.method === "POST" ? this.increment() : this.value()));
  }

  increment() {
    const rows = this.sql.exec(
      "INSERT INTO counter VALUES(1, 1) ON CONFLICT(id) DO UPDATE SET value = value + 1 " +
        "RETURNING value",
    );
    return rows.one().value;
  }

  value() {
    const rows = this.sql.exec("SELECT value FROM counter").toArray();
    return rows.length ? rows[0].value : 0;
  }
}

export class Memory extends DurableObject {
  count = 0;

  async fetch() {
    return new Response(String(++this.count));
  }
}

const routes = [
  ["POST", /^\/counter\/([^/]+)\/increment$/, "COUNTER"],
  ["GET", /^\/counter\/([^/]+)$/, "COUNTER"],
  ["POST", /^\/memory\/([^/]+)\/increment$/, "MEMORY"],
];

export default {
  async fetch(request, env) {
    const { pathname } = new URL(request.url);
    for (const [method, pattern, binding] of routes) {
      const match = pattern.exec(pathname);
      if (!match || request.method !== method) continue;
      const objects = env[binding];
      return objects.get(objects.idFromName(decodeURIComponent(match[1]))).fetch(request);
    }
    return new Response("no such route\n", { status: 404 });
  },
};
