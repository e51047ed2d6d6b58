/** Starts the console: one model, drawn whole whenever it changes; what did not change is not touched. */
import { render } from "preact";
import { App } from "./app.tsx";
import { isOpen } from "./cards.ts";
import { Model } from "./model.ts";

const root = document.getElementById("console");
if (root === null) throw new Error("The page has no place for the console.");

const model = new Model((changed) => {
  const waiting = (changed.state.cards ?? []).filter(isOpen).length;
  document.title = waiting > 0 ? `(${waiting}) Codemode console` : "Codemode console";
  render(<App model={changed} />, root);
});
model.start();
