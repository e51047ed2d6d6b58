/** A module that the build has bundled into one text; see `scripts/bundled-text.ts`. */
declare module "*?bundle" {
  const text: string;
  export default text;
}
