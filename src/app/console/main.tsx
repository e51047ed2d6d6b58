/** Starts the console: one model, drawn whole whenever it changes; what did not change is not touched. */
import { render } from "preact";
import { App } from "./app.tsx";
import { Model } from "./model.ts";
import { pageTitle } from "./title.ts";

const root = document.getElementById("console");
if (root === null) throw new Error("The page has no place for the console.");

const model = new Model((changed) => {
  document.title = pageTitle(changed.state);
  render(<App model={changed} />, root);
});
model.start();
