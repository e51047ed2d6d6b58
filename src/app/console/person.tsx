/** Who decides, as that person says: the Worker has no log-in. It is kept in the browser and goes into the journal. */
import { useState } from "preact/hooks";

const STORED = "codemode.by";

function stored(): string {
  try {
    return localStorage.getItem(STORED) ?? "";
  } catch {
    return "";
  }
}

let name = stored();

/** The name that decisions are sent with; empty for none. */
export function decider(): string {
  return name.trim();
}

export function Person() {
  const [text, type] = useState(name);
  return (
    <label class="person">
      <span>Deciding as</span>
      <input
        type="text"
        value={text}
        placeholder="your name"
        autocomplete="username"
        maxLength={200}
        onInput={({ currentTarget: { value } }) => {
          name = value;
          type(value);
          try {
            localStorage.setItem(STORED, value);
          } catch {
            // A browser that keeps nothing: it holds until the page goes.
          }
        }}
      />
    </label>
  );
}
