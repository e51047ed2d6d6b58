/**
 * The main job, for real: a program on the real Worker under real workerd pauses, is killed twice, is decided on by a
 * person's clicks, completes, and is rolled back. Every figure that it prints it has checked; it fails when one is wrong.
 */
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { buildWorker } from "./build-worker.ts";
import { Checks } from "./demo/checks.ts";
import { type Call, Client, type Effect, type Outcome } from "./demo/client.ts";
import { heading, type Stage, say, showPending, showTimeline } from "./demo/screen.ts";
import { startWorkerd, type Workerd } from "./workerd.ts";

const FOLDER = join(import.meta.dirname, "..", ".demo");
const MODULE = join(FOLDER, "worker.js");
const STATE = join(FOLDER, "state");

const PROGRAM = `async () => {
  // Read all accounts in parallel; find those who owe the most.
  const ids: number[] = await accounts.list({});
  const all = await Promise.all(ids.map((id) => accounts.get({ id })));
  const owing = all.filter((a) => a.balance < -950).sort((a, b) => a.balance - b.balance).slice(0, 3);
  console.log("owing most:", owing.map((a) => a.name));

  // Three changes at once; a person decides on each.
  const decided = await Promise.allSettled(
    owing.map((a) => accounts.set_credit({ id: a.id, credit: -a.balance })),
  );

  // Write down what became of each, and look in on a few more.
  for (const [i, d] of decided.entries()) {
    await accounts.note({ id: owing[i].id, text: d.status === "fulfilled" ? "credit given" : d.reason.message });
  }
  for (const a of all.slice(0, 12)) await accounts.note({ id: a.id, text: "reviewed at " + new Date().toISOString() });
  return { reviewed: all.length, credits: decided.map((d) => (d.status === "fulfilled" ? d.value.credit : null)) };
}`;

/** How many notes the third decision lets happen before the second kill. */
const NOTES_BEFORE_KILL = 6;

const checks = new Checks();
const stages: Stage[] = [];

function start(): Promise<Workerd> {
  return startWorkerd({ module: MODULE, hostClass: "Desk", state: STATE });
}

/** Remembers which calls ran for the first time up to here; all others of the pass were replayed. */
function stage(name: string, calls: readonly Call[], ms: number): void {
  stages.push({
    name,
    settled: new Set(calls.filter((call) => call.settledAt !== undefined).map((call) => call.seq)),
    ms,
  });
}

async function timed<T>(work: () => Promise<T>): Promise<[T, number]> {
  const started = performance.now();
  return [await work(), performance.now() - started];
}

async function untilNotes(client: Client, count: number): Promise<void> {
  for (;;) {
    const notes = (await client.effects()).filter(({ what }) => what === "note");
    if (notes.length >= count) return;
  }
}

/** Settles what the crash left in doubt, as a person would: by looking whether the ledger has the effect. */
async function resolveDoubts(client: Client, outcome: Outcome): Promise<Outcome> {
  let latest = outcome;
  while (latest.status === "paused") {
    const doubt = latest.pending.find(({ kind }) => kind === "in_doubt");
    if (doubt === undefined) return latest;
    const happened = (await client.effects()).some(({ key }) => key === `${latest.executionId}:${doubt.seq}`);
    say(
      `  in doubt: ${doubt.connector}.${doubt.method} (call ${doubt.seq}); the ledger ${happened ? "has it: it ran" : "does not have it: run it"}`,
    );
    const args = doubt.args;
    const id: unknown = typeof args === "object" && args !== null ? Reflect.get(args, "id") : undefined;
    latest = await client.post("/resolve", {
      executionId: latest.executionId,
      seq: doubt.seq,
      digest: doubt.digest,
      by: "operator@example.com",
      ...(happened ? { as: "ran", result: { noted: id } } : { as: "run" }),
    });
  }
  return latest;
}

function counted(effects: readonly Effect[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { key, what } of effects) counts.set(`${what} ${key}`, (counts.get(`${what} ${key}`) ?? 0) + 1);
  return counts;
}

async function decideThree(client: Client, outcome: Outcome): Promise<{ client: Client; outcome: Outcome }> {
  const [first, second, third] = outcome.status === "paused" ? outcome.pending : [];
  if (first === undefined || second === undefined || third === undefined)
    throw new Error("The queue does not show three actions.");
  const { executionId } = outcome;
  const by = "ada@example.com";

  heading("Decide: approve one, edit one, reject one so that the program carries on");
  const stale = await client.post("/approve", { executionId, seq: first.seq, digest: "0".repeat(40), by });
  checks.equal(
    "a decision about something else changes nothing",
    [stale.status, stale.status === "error" && stale.code],
    ["error", "STALE_DECISION"],
  );

  const [approved, ms1] = await timed(() =>
    client.post("/approve", { executionId, seq: first.seq, digest: first.digest, by, reason: "known customer" }),
  );
  stage("approved one", approved.calls, ms1);
  checks.equal("after one approval, one effect", (await client.effects()).length, 1);

  const args = { id: Reflect.get(Object(second.args), "id"), credit: 100 };
  const [edited, ms2] = await timed(() =>
    client.post("/approve", { executionId, seq: second.seq, digest: second.digest, args, by, reason: "only a little" }),
  );
  stage("approved an edited one", edited.calls, ms2);
  checks.equal(
    "the edited arguments are what ran",
    edited.calls.find(({ seq }) => seq === second.seq)?.editedArgs,
    args,
  );
  say(
    `  approved call ${first.seq}; approved call ${second.seq} with credit 100 instead; rejecting call ${third.seq} ...`,
  );

  // The rejection lets the program go on to its notes, and the process dies among them.
  const rejecting = client
    .post("/reject", { executionId, seq: third.seq, digest: third.digest, then: "throw", by, reason: "over the limit" })
    .catch(() => undefined);
  await untilNotes(client, NOTES_BEFORE_KILL);
  heading("kill -9, in the middle of a pass");
  await worker.kill();
  await rejecting;
  worker = await start();
  const restarted = new Client(worker.url);
  const [recovered, ms3] = await timed(async () => {
    // The object recovers by itself when it starts; asking waits for it.
    await restarted.recover();
    return restarted.outcome(executionId);
  });
  stage("rejected one; killed; recovered", recovered.calls, ms3);
  say(`  a new process (pid ${worker.pid}) took the execution up again: ${recovered.status}`);
  return { client: restarted, outcome: recovered };
}

let worker: Workerd;
await rm(STATE, { recursive: true, force: true });
say("Building the Worker ...");
await buildWorker(join(import.meta.dirname, "..", "src", "app", "worker.ts"), MODULE);
worker = await start();
try {
  let client = new Client(worker.url);
  heading(`The real Worker, in workerd (pid ${worker.pid}), at ${worker.url}`);
  say(
    PROGRAM.split("\n")
      .map((line) => `  | ${line}`)
      .join("\n"),
  );

  heading("Run it");
  const [paused, ms0] = await timed(() => client.post("/execute", { code: PROGRAM }));
  stage("first pass", paused.calls, ms0);
  const { executionId } = paused;
  checks.equal("the program is paused", paused.status, "paused");
  checks.equal("three actions wait at once", paused.status === "paused" ? paused.pending.length : 0, 3);
  checks.equal("nothing ran that was not approved", (await client.effects()).length, 0);

  heading("kill -9, while it is paused");
  await worker.kill();
  worker = await start();
  client = new Client(worker.url);
  say(`  a new process (pid ${worker.pid}) on the same disk`);
  const queue = await client.pending();
  checks.equal("the queue survived", queue.length, 3);
  heading("The approval queue");
  showPending(queue);

  const decided = await decideThree(client, paused);
  client = decided.client;
  const [completed, ms4] = await timed(() => resolveDoubts(client, decided.outcome));
  stage("doubts resolved, completed", completed.calls, ms4);

  heading("Completed");
  checks.equal("the program completed", completed.status, "completed");
  if (completed.status === "completed") say(`  result: ${JSON.stringify(completed.result)}`);
  const effects = await client.effects();
  const twice = [...counted(effects)].filter(([, count]) => count > 1);
  const notes = completed.calls.filter(({ method }) => method === "note");
  checks.equal("no effect was applied twice", twice, []);
  checks.equal("every note is in the ledger once", effects.filter(({ what }) => what === "note").length, notes.length);
  checks.equal("two of three credits were given", effects.filter(({ what }) => what === "set_credit").length, 2);
  const unapproved = completed.calls.filter(
    ({ requiresApproval, state, decision }) =>
      requiresApproval && state === "applied" && decision?.decision !== "approved",
  );
  checks.equal("nothing unapproved was applied", unapproved, []);

  heading("Roll back");
  const report = await client.rollback(executionId);
  for (const item of report.items)
    say(`  ${item.outcome.padEnd(12)} call ${item.seq} ${item.connector}.${item.method}`);
  checks.equal("both credits were taken back", report.items.filter(({ outcome }) => outcome === "reverted").length, 2);
  checks.equal(
    "it says that notes cannot be undone",
    report.items.filter(({ outcome }) => outcome === "irreversible").length,
    notes.length,
  );
  const after = await client.effects();
  checks.equal("each revert took place once", after.filter(({ what }) => what === "revert set_credit").length, 2);

  heading("Timeline");
  showTimeline(stages, (await client.execution(executionId)).log);
  heading("Checked");
  checks.print();
} finally {
  await worker.kill();
}
process.exitCode = checks.failed > 0 ? 1 : 0;
