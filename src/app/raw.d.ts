/** `import text from "./file.css?raw"`: the file as it is, as text (scripts/bundled-text.ts). */
declare module "*.css?raw" {
  const text: string;
  export default text;
}
