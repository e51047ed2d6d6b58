/** Starts the console: one model, drawn whole whenever it changes; what did not change is not touched. */
import { render } from "preact";
import { App } from "./app.tsx";
import { paths } from "./client.ts";
import { Guard } from "./guard.tsx";
import { Model } from "./model.ts";
import { keepStill } from "./still.ts";

const root = document.getElementById("console");
if (root === null) throw new Error("The page has no place for the console.");

const model = new Model((changed) =>
  render(
    <Guard what="The page" raw={paths.runs()} rest="Runs go on without it.">
      <App model={changed} />
    </Guard>,
    root,
  ),
);
addEventListener("error", ({ error }) => error && model.failed(error));
addEventListener("unhandledrejection", ({ reason }) => model.failed(reason));
keepStill();
model.start();
