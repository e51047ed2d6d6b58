/** Everything that the journal keeps of one entry: what went in, what came out, who decided, when. */
import type { ComponentChildren } from "preact";
import { isTold, saidOf } from "./decisions.ts";
import { Arguments, Block, Json, Text } from "./parts.tsx";
import type { Entry } from "./schemas.ts";
import { ranMs } from "./stretches.ts";
import { clockTimes, span } from "./words.ts";

function Part({ name, children }: { readonly name: string; readonly children: ComponentChildren }) {
  return (
    <div class="part">
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

export function EntryDetails({ entry, executionId }: { readonly entry: Entry; readonly executionId: string }) {
  const isCall = entry.kind === "call";
  return (
    <dl class="details">
      {isCall && (
        <Part name={entry.editedArgs === undefined ? "Arguments" : "Asked for"}>
          <Arguments value={entry.args} />
        </Part>
      )}
      {entry.editedArgs !== undefined && (
        <Part name="Edited by a person">
          <Arguments value={entry.editedArgs} />
        </Part>
      )}
      {entry.error !== undefined && (
        <Part name={isTold(entry) ? "Error, as told" : "Error"}>
          <p>
            <code>
              <Text>
                {entry.error.code === undefined ? entry.error.name : `${entry.error.name} ${entry.error.code}`}
              </Text>
            </code>
          </p>
          <Block text={entry.error.message} />
        </Part>
      )}
      <ResultPart entry={entry} />
      {entry.decision !== undefined && (
        <Part name="Decided">
          <Decisions entry={entry} />
        </Part>
      )}
      {isCall && (
        <Part name="Policy">
          {entry.requiresApproval ? "a person approves it" : "runs without asking"}
          {entry.ephemeral === true && "; read again on every pass, its result is not kept"}
        </Part>
      )}
      {entry.parent !== undefined && <Part name="Made by">the step of entry {entry.parent}</Part>}
      <Part name="When">
        <Times entry={entry} />
      </Part>
      {isCall && entry.attempt > 0 && (
        <Part name="Attempts">
          {entry.attempt}, with the key <code>{`${executionId}:${entry.seq}`}</code>
        </Part>
      )}
    </dl>
  );
}

function ResultPart({ entry }: { readonly entry: Entry }) {
  if (entry.kind === "timer" || !["applied", "reverted", "revert_failed"].includes(entry.state)) return null;
  if (entry.ephemeral === true) return null;
  return (
    <Part name={isTold(entry) ? "Result, as told" : "Result"}>
      {entry.result === undefined ? <p class="quiet">It answered nothing.</p> : <Json value={entry.result} />}
    </Part>
  );
}

function Decisions({ entry }: { readonly entry: Entry }) {
  return (
    <ul class="plain-list">
      {saidOf(entry).map(({ did, wasInDoubt, at, by, reason }) => (
        <li key={at}>
          {wasInDoubt && "It was in doubt: "}
          {by === undefined ? (
            "a person without a name"
          ) : (
            <bdi>
              <Text>{by}</Text>
            </bdi>
          )}{" "}
          {did}
          {reason !== undefined && (
            <>
              {": "}
              <Text>{reason}</Text>
            </>
          )}{" "}
          <span class="quiet">{new Date(at).toLocaleString()}</span>
        </li>
      ))}
    </ul>
  );
}

function Times({ entry }: { readonly entry: Entry }) {
  const { askedAt, startedAt, settledAt } = entry;
  const said = clockTimes([
    ["asked", askedAt],
    ["started", startedAt],
    ["settled", settledAt],
  ]);
  const ran = ranMs(entry);
  if (ran !== undefined) said.push(`ran ${span(ran)}`);
  return <>{said.join(", ") || "not started"}</>;
}
