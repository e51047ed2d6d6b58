/** The page around the views: where one is, whether the Worker is there, what has just happened. */
import type { ComponentChildren } from "preact";
import { useLayoutEffect } from "preact/hooks";
import { paths } from "./client.ts";
import { Compose } from "./compose.tsx";
import { Guard } from "./guard.tsx";
import type { Model } from "./model.ts";
import { Text } from "./parts.tsx";
import { hashOf, statusOf, type View } from "./route.ts";
import { RunView } from "./run.tsx";
import { Runs } from "./runs.tsx";
import { Snippets } from "./snippets.tsx";
import type { State } from "./state.ts";
import { pageTitle, waitingOf } from "./title.ts";
import { Banner } from "./troubles.tsx";
import { Waiting } from "./waiting.tsx";
import { count } from "./words.ts";

export function App({ model }: { readonly model: Model }) {
  const { view } = model.state;
  const waiting = waitingOf(model.state);
  useLayoutEffect(() => {
    document.title = pageTitle(model.state);
  });
  return (
    <>
      <button type="button" class="skip" onClick={() => document.getElementById("main")?.focus()}>
        Skip to the content
      </button>
      <header class="top">
        <span class="brand">codemode</span>
        <nav aria-label="Views">
          <Tab to={{ name: "waiting" }} isHere={view.name === "waiting"}>
            Waiting {waiting > 0 && <span class="count">{waiting}</span>}
          </Tab>
          <Tab to={{ name: "runs" }} isHere={view.name === "runs" || view.name === "run"}>
            Runs
          </Tab>
          <Tab to={{ name: "snippets" }} isHere={view.name === "snippets"}>
            Snippets
          </Tab>
          <Tab to={{ name: "new" }} isHere={view.name === "new"}>
            New
          </Tab>
        </nav>
        <Link link={model.state.link} />
        {/* The number in the link is seen when it changes; this is heard. */}
        <span class="unseen" role="status">
          {waiting > 0 && `${count(waiting, "action")} for a person to decide`}
        </span>
      </header>
      <Banner model={model} />
      <main id="main" tabIndex={-1}>
        <Guard key={placeOf(view)} what="This view" raw={rawOf(view)} rest="The other views work.">
          <Shown model={model} view={view} />
        </Guard>
      </main>
      <Notices model={model} />
    </>
  );
}

/** A list that is narrowed is the same place: what has the keyboard there keeps it. */
function placeOf(view: View): string {
  return view.name === "runs" ? view.name : hashOf(view);
}

/** What a view is drawn from. */
function rawOf(view: View): string {
  if (view.name === "run") return paths.run(view.id);
  if (view.name === "snippets") return paths.snippets;
  return view.name === "waiting" ? paths.pending() : paths.runs({ status: statusOf(view) });
}

function Shown({ model, view }: { readonly model: Model; readonly view: View }) {
  switch (view.name) {
    case "waiting":
      return <Waiting model={model} />;
    case "runs":
      return <Runs model={model} />;
    case "run":
      return <RunView key={view.id} id={view.id} model={model} />;
    case "snippets":
      return <Snippets model={model} />;
    case "new":
      return <Compose key={view.from} model={model} from={view.from} />;
  }
}

function Tab(props: { readonly to: View; readonly isHere: boolean; readonly children: ComponentChildren }) {
  return (
    <a href={hashOf(props.to)} aria-current={props.isHere ? "page" : undefined}>
      {props.children}
    </a>
  );
}

const LINKS: Readonly<Record<State["link"], { readonly label: string; readonly title: string }>> = {
  connecting: { label: "Connecting", title: "The first answer is on its way." },
  live: { label: "Live", title: "What happens shows at once." },
  polling: { label: "Every 2 s", title: "The stream of events is broken; the page asks every two seconds." },
  offline: { label: "Offline", title: "The Worker cannot be reached." },
};

function Link({ link }: { readonly link: State["link"] }) {
  const { label, title } = LINKS[link];
  return (
    <span class={`link-state ${link}`} role="status" title={title}>
      <span class="words">{label}</span>
    </span>
  );
}

function Notices({ model }: { readonly model: Model }) {
  const { notices, view } = model.state;
  return (
    <div class="notices" role="status" aria-live="polite">
      {notices.map(({ id, text, executionId, isGoing }) => (
        <p key={id} class={isGoing ? "going" : undefined}>
          <span>
            <Text>{text}</Text>
          </span>{" "}
          {executionId !== undefined && (view.name !== "run" || view.id !== executionId) && (
            <a href={hashOf({ name: "run", id: executionId })}>Open the run</a>
          )}
          <button type="button" class="link" aria-label="Put this message away" onClick={() => model.unsay(id)}>
            ×
          </button>
        </p>
      ))}
    </div>
  );
}
