// Fastify on node:sqlite, used as documented: schemas for what it gets and sends, prepared
// statements, and one connection on the event loop, in WAL mode. Each write has its own COMMIT,
// and is flushed before the response (synchronous=FULL).
//
// Run as: node server.cjs (prepare|serve) URL

"use strict";

const { DatabaseSync } = require("node:sqlite");
const Fastify = require("fastify");

const BACKLOG = 2048; // the same as in heroes

const TABLE = `
CREATE TABLE hero (
    id INTEGER PRIMARY KEY, name VARCHAR NOT NULL, secret_name VARCHAR NOT NULL, age INTEGER
);
CREATE INDEX ix_hero_name ON hero (name);
CREATE INDEX ix_hero_age ON hero (age);
PRAGMA journal_mode=WAL;
`;
const COLUMNS = "name, secret_name, age, id";

const fields = {
  name: { type: "string" },
  secret_name: { type: "string" },
  age: { type: "integer", nullable: true },
};
const storedHero = { type: "object", properties: { ...fields, id: { type: "integer" } } };
const newHero = { type: "object", properties: fields, required: ["name", "secret_name"] };
const heroChanges = { type: "object", properties: fields, minProperties: 1 };
const heroId = { type: "object", properties: { hero_id: { type: "integer" } } };
const window = {
  type: "object",
  properties: {
    offset: { type: "integer", minimum: 0, default: 0 },
    limit: { type: "integer", minimum: 0, maximum: 100, default: 100 },
  },
};

function open(url) {
  return new DatabaseSync(url.replace(/^sqlite:\/\/\//, ""));
}

function prepare(url) {
  open(url).exec(TABLE);
}

// The statements. `all` runs each to its end, so that an error of its COMMIT is raised.
class Heroes {
  constructor(url) {
    this.database = open(url);
    this.database.exec("PRAGMA synchronous=FULL");
    this.get = this.database.prepare(`SELECT ${COLUMNS} FROM hero WHERE id = ?`);
    this.page = this.database.prepare(`SELECT ${COLUMNS} FROM hero ORDER BY id LIMIT ? OFFSET ?`);
    this.insert = this.database.prepare(
      `INSERT INTO hero (name, secret_name, age) VALUES (?, ?, ?) RETURNING ${COLUMNS}`,
    );
    this.updates = new Map();
  }

  add({ name, secret_name, age = null }) {
    return this.insert.all(name, secret_name, age)[0];
  }

  change(id, changes) {
    const names = Object.keys(fields).filter((name) => changes[name] !== undefined);
    return this.update(names).all(...names.map((name) => changes[name]), id)[0];
  }

  update(names) {
    const setting = names.map((name) => `${name} = ?`).join(", ");
    let statement = this.updates.get(setting);
    if (statement === undefined) {
      statement = this.database.prepare(
        `UPDATE hero SET ${setting} WHERE id = ? RETURNING ${COLUMNS}`,
      );
      this.updates.set(setting, statement);
    }
    return statement;
  }
}

function found(hero, reply) {
  return hero ?? reply.code(404).send({ detail: "Hero not found" });
}

function build(heroes) {
  const app = Fastify();
  const one = { response: { 200: storedHero } };
  const many = { response: { 200: { type: "array", items: storedHero } } };
  app.post("/heroes/", { schema: { body: newHero, ...one } }, async (request) =>
    heroes.add(request.body),
  );
  app.get("/heroes/", { schema: { querystring: window, ...many } }, async (request) =>
    heroes.page.all(request.query.limit, request.query.offset),
  );
  app.get("/heroes/:hero_id", { schema: { params: heroId, ...one } }, async (request, reply) =>
    found(heroes.get.get(request.params.hero_id), reply),
  );
  app.patch(
    "/heroes/:hero_id",
    { schema: { params: heroId, body: heroChanges, ...one } },
    async (request, reply) => found(heroes.change(request.params.hero_id, request.body), reply),
  );
  return app;
}

async function serve(url) {
  const listening = { host: "127.0.0.1", port: 0, backlog: BACKLOG };
  console.log(await build(new Heroes(url)).listen(listening));
}

const [command, url] = process.argv.slice(2);
({ prepare, serve })[command](url);
